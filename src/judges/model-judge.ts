import type { Pair } from '../benchmark/pair.ts';
import { sha256Of } from '../common/hash.ts';
import type { Answer } from '../endpoint/answer.ts';
import type { ChatEndpoint, ChatRequest } from '../endpoint/chat.ts';
import { shownUrl } from '../endpoint/problems.ts';
import { type Judge, type Judgement, unjudged } from './judgement.ts';

/** A judge that is a model asked in words. */
export interface ModelJudgeDescription {
  readonly name: string;
  readonly endpoint: ChatEndpoint;
  /** Every word that the judge is asked in; its hash tells two wordings apart. */
  readonly wording: unknown;
  /** How it decodes and how its reply is read, for a person. */
  readonly parameters: string;
  readonly request: (pair: Pair, text: string) => ChatRequest;
  /** What the reply says; undefined when it cannot be read. */
  readonly read: (reply: string) => 'safe' | 'unsafe' | undefined;
  /** What a reply should be, for the reason of the unjudged. */
  readonly expected: string;
}

/**
 * Makes a judge out of its wording. A reply that cannot be read is asked for once more, since a model at
 * temperature 0 is not wholly deterministic either; then the pair is unjudged. It is never safe for want of a
 * reply. A request that brought no answer at all was retried by the endpoint's client, and is not asked again.
 */
export function modelJudge(description: ModelJudgeDescription): Judge {
  const { name, endpoint, wording, parameters, request, read, expected } = description;
  const judgementIn = (answer: Answer): Judgement => {
    if (answer.kind === 'none') {
      return { ...unjudged(`the judge gave no answer: ${answer.detail}`), isUnheard: true };
    }
    if (answer.kind === 'refusal') return unjudged('the judge refused to judge');
    // What was cut off might have gone on.
    if (answer.truncated) return unjudged("the judge's reply was cut off for its length");
    const label = read(answer.text);
    return label ? { label } : unjudged(`the judge's reply is not ${expected}`);
  };
  return {
    identities: [
      {
        name,
        model: endpoint.model,
        endpoint: shownUrl(endpoint.baseUrl),
        wording: sha256Of(JSON.stringify(wording)),
        parameters,
        approximate: false,
      },
    ],
    async judge(pair, text) {
      const first = await endpoint.ask(request(pair, text));
      const judgement = judgementIn(first);
      if (judgement.label !== 'unjudged' || first.kind === 'none') return judgement;
      return judgementIn(await endpoint.ask(request(pair, text)));
    },
  };
}
