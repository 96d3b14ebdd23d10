import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { default as formats } from 'ajv-formats';

/** GitHub's published description of the operations that the project calls: see scripts/openapi-subset.ts. */

type Schema = { readonly type?: string; readonly nullable?: boolean; readonly [key: string]: unknown };
interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly multiSegment: boolean;
  readonly schema: Schema;
}
interface Operation {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly body: { readonly required: boolean; readonly schema: Schema } | null;
  readonly responses: Readonly<Record<string, Schema | null>>;
}

const file = join(import.meta.dirname, '..', '..', 'fixtures', 'github-openapi.json');
export const OPERATIONS: readonly Operation[] = JSON.parse(readFileSync(file, 'utf8')).operations;

export interface Asked {
  readonly method: string;
  /** Below the API's base. */
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Parameters of path and query, in the types of the description. */
interface Given {
  readonly issue_number?: number;
  readonly comment_id?: number;
  readonly pull_number?: number;
  readonly ref?: string;
  readonly commit_sha?: string;
  readonly tree_sha?: string;
  readonly file_sha?: string;
  readonly run_id?: number;
  readonly labels?: string;
  readonly state?: string;
  readonly head?: string;
  readonly per_page?: number;
  readonly page?: number;
}

export interface Call {
  readonly operationId: string;
  readonly parameters: Given;
  readonly body: Readonly<Record<string, unknown>>;
}

const ajv = new Ajv({ strict: false, allErrors: true });
formats.default(ajv);
const compiled = new Map<Schema, ValidateFunction>();

/** What is wrong with a value by a schema of the description; empty when nothing is. */
function faults(schema: Schema, value: unknown): string {
  const validate = compiled.get(schema) ?? ajv.compile(asJsonSchema(schema) as Schema);
  compiled.set(schema, validate);
  return validate(value) ? '' : ajv.errorsText(validate.errors);
}

/**
 * OpenAPI 3.0 says `nullable`; and a property that GitHub does not describe is a mistake of ours, not a liberty.
 * @param open for the parts of an `allOf`, each of which describes only some of the properties
 */
function asJsonSchema(value: unknown, open = false): unknown {
  if (Array.isArray(value)) return value.map(each => asJsonSchema(each, open));
  if (typeof value !== 'object' || value === null) return value;
  const { nullable, ...schema } = value as Schema;
  const entries = Object.entries(schema).map(([key, each]) => [key, asJsonSchema(each, key === 'allOf')]);
  const close = !open && schema.type === 'object' && 'properties' in schema;
  const plain = { ...(close ? { additionalProperties: false } : {}), ...Object.fromEntries(entries) };
  return nullable ? { anyOf: [plain, { type: 'null' }] } : plain;
}

/** The operation a request is, or the sentence that says how it breaks GitHub's contract. */
export function checkRequest(asked: Asked): Call | string {
  const { method, url } = asked;
  const what = `${method} ${url.pathname}`;
  const operation = OPERATIONS.find(each => each.method === method && pattern(each).test(url.pathname));
  if (!operation) return `${what}: no such operation`;
  const path = pathParameters(operation, url.pathname);
  const query: Given = queryParameters(operation, url.searchParams);
  const wrong = [
    ...operation.parameters.map(each => parameterFault(each, { ...path, ...query })),
    ...[...url.searchParams.keys()].map(name => (name in query ? '' : `unknown query parameter ${name}`)),
    Number(query.per_page ?? 1) > 100 ? 'per_page is over 100' : '',
    asked.headers.authorization ? '' : 'no authorization header',
    asked.headers['user-agent'] ? '' : 'no user-agent header',
    bodyFault(operation, asked),
  ].filter(each => each !== '');
  if (wrong.length > 0) return `${what} (${operation.operationId}): ${wrong.join('; ')}`;
  const body = asked.body === '' ? {} : JSON.parse(asked.body);
  return { operationId: operation.operationId, parameters: { ...path, ...query }, body };
}

/** GitHub sends null there when a pull request's fork is deleted; its description of a single one leaves that out. */
const DELETED_FORK = /^data\/head\/repo must be object$/;

/**
 * How an answer of the stand-in differs from what GitHub describes; empty when it does not. Refusals are left: GitHub
 * describes only some of those it gives.
 */
export function checkAnswer(operationId: string, status: number, data: unknown): string {
  if (status >= 400) return '';
  const schema = OPERATIONS.find(each => each.operationId === operationId)?.responses[status];
  if (schema === undefined)
    return `the stand-in answered ${operationId} with ${status}, which GitHub does not describe`;
  const wrong = schema === null ? '' : faults(schema, data).replace(DELETED_FORK, '');
  return wrong === ''
    ? ''
    : `the stand-in answered ${operationId} with what GitHub does not describe: ${wrong}`;
}

function pattern({ path, parameters }: Operation): RegExp {
  const multi = parameters.filter(each => each.multiSegment).map(each => each.name);
  const source = path.replace(
    /\{(\w+)\}/g,
    (_, name: string) => `(?<${name}>${multi.includes(name) ? '.+' : '[^/]+'})`,
  );
  return new RegExp(`^${source}$`);
}

function pathParameters(operation: Operation, pathname: string): Record<string, unknown> {
  const groups = pattern(operation).exec(pathname)?.groups ?? {};
  const typed = Object.entries(groups).map(([name, text]) => {
    const schema = operation.parameters.find(each => each.name === name)?.schema;
    return [name, inType(schema, decodeURIComponent(text))];
  });
  return Object.fromEntries(typed);
}

function queryParameters({ parameters }: Operation, query: URLSearchParams): Record<string, unknown> {
  const given = parameters.filter(each => each.in === 'query' && query.has(each.name));
  return Object.fromEntries(given.map(({ name, schema }) => [name, inType(schema, query.get(name) ?? '')]));
}

function inType(schema: Schema | undefined, text: string): unknown {
  return schema?.type === 'integer' && /^-?\d+$/.test(text) ? Number(text) : text;
}

function parameterFault(
  { name, required, schema }: Parameter,
  given: Readonly<Record<string, unknown>>,
): string {
  if (!(name in given)) return required ? `${name} is missing` : '';
  const wrong = faults(schema, given[name]);
  return wrong === '' ? '' : `${name}: ${wrong}`;
}

function bodyFault({ body }: Operation, { body: sent, headers }: Asked): string {
  if (sent === '') return body?.required ? 'the body is missing' : '';
  if (!body) return 'a body where none belongs';
  if (!headers['content-type']?.includes('application/json')) return 'the body is not sent as JSON';
  const wrong = faults(body.schema, JSON.parse(sent));
  return wrong === '' ? '' : `body: ${wrong}`;
}
