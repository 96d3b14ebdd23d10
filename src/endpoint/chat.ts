import type { Picture } from '../pictures/picture.ts';
import type { Answer } from './answer.ts';

/** A user's message is a text, with a picture before it where there is one. */
export interface ChatRequest {
  /** Names the request between attempts of a run, and tells equal ones apart. It is not sent as part of it. */
  readonly key?: string;
  readonly system?: string;
  readonly text: string;
  readonly picture?: Pick<Picture, 'type' | 'bytes'>;
  /** The assistant's turn after the user's, for a guard that judges a conversation. */
  readonly assistant?: string;
  readonly maxTokens: number;
  /** Undefined leaves it to the endpoint. */
  readonly temperature?: number;
  /** A JSON schema that the answer must follow (structured output), where the endpoint can. */
  readonly schema?: { readonly name: string; readonly schema: Record<string, unknown> };
}

/** A model behind an OpenAI-compatible endpoint: the target, a judge or the baseline. */
export interface ChatEndpoint {
  readonly baseUrl: string;
  readonly model: string;
  /** What the endpoint made the run word differently, each as a phrase for the report. */
  readonly adaptations: readonly string[];
  /**
   * Puts one request, with pacing and retries, and says what came of it. It rejects only with the
   * FatalEndpointError that ends the whole run; every other failure is an answer of kind `none`.
   */
  ask(request: ChatRequest): Promise<Answer>;
}
