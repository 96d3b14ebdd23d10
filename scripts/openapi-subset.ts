/**
 * Takes out of GitHub's published OpenAPI description the operations that the project calls, so that every request of
 * a test can be checked against it without the 400 MB of the whole package.
 *
 *     npm install --prefix FOLDER @octokit/openapi
 *     node scripts/openapi-subset.ts FOLDER/node_modules/@octokit/openapi
 *     npx biome format --write fixtures/github-openapi.json
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** As octokit names them: `rest.issues.listComments` is `issues/list-comments`. */
const USED = [
  'users/get-authenticated',
  'issues/list-comments',
  'issues/create-comment',
  'issues/update-comment',
  'issues/delete-comment',
  'issues/list-for-repo',
  'issues/create',
  'issues/update',
  'pulls/get',
  'pulls/list',
  'pulls/list-files',
  'actions/list-workflow-run-artifacts',
  'git/get-ref',
  'git/create-ref',
  'git/update-ref',
  'git/get-commit',
  'git/create-commit',
  'git/get-tree',
  'git/create-tree',
  'git/get-blob',
];

/** For people, and most of the size. */
const PROSE = new Set(['description', 'example', 'examples', 'title', 'deprecated', 'externalDocs']);
/** How deep an answer's schema is kept: the fields of the things in a list, one level into each. */
const ANSWER_DEPTH = 2;

type Json = unknown;
type JsonObject = { readonly [key: string]: Json };
type Content = Readonly<Record<string, { readonly schema: Json }>>;
interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly 'x-multi-segment'?: boolean;
  readonly schema: Json;
}
interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}
interface Description {
  readonly openapi: string;
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

const isObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A schema without its prose. Under `properties` the keys are names, which may be `title` too. */
function withoutProse(value: Json, keysAreNames = false): Json {
  if (Array.isArray(value)) return value.map(each => withoutProse(each));
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(
    ([key]) => keysAreNames || !(PROSE.has(key) || key.startsWith('x-')),
  );
  return Object.fromEntries(
    kept.map(([key, each]) => [key, withoutProse(each, !keysAreNames && key === 'properties')]),
  );
}

/**
 * What an answer may hold: names and types down to a depth. Which of them GitHub always sends is left out, and with it
 * what tells the alternatives of a `oneOf` apart.
 */
function shallow(schema: Json, depth: number): Json {
  if (!isObject(schema)) return schema;
  const {
    required: _,
    additionalProperties: __,
    properties,
    items,
    oneOf,
    anyOf = oneOf,
    allOf,
    ...rest
  } = schema;
  const each = (name: string, schemas: Json) =>
    Array.isArray(schemas) ? { [name]: schemas.map(one => shallow(one, depth)) } : {};
  return {
    ...rest,
    ...each('anyOf', anyOf),
    ...each('allOf', allOf),
    ...(items === undefined ? {} : { items: shallow(items, depth) }),
    ...(isObject(properties) && depth > 0
      ? { properties: mapValues(properties, value => shallow(value, depth - 1)) }
      : {}),
  };
}

const mapValues = (from: JsonObject, change: (value: Json) => Json): JsonObject =>
  Object.fromEntries(Object.entries(from).map(([key, value]) => [key, change(value)]));

const jsonSchema = (content: Content | undefined): Json =>
  withoutProse(content?.['application/json']?.schema ?? null);

function subset(description: Description) {
  const found = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => USED.includes(operation.operationId))
      .map(([method, { operationId, parameters = [], requestBody, responses }]) => ({
        operationId,
        method: method.toUpperCase(),
        path,
        parameters: parameters.map(each => ({
          name: each.name,
          in: each.in,
          required: each.required ?? false,
          multiSegment: each['x-multi-segment'] ?? false,
          schema: withoutProse(each.schema),
        })),
        body: requestBody
          ? { required: requestBody.required ?? false, schema: jsonSchema(requestBody.content) }
          : null,
        responses: Object.fromEntries(
          Object.entries(responses).map(([status, { content }]) => [
            status,
            status.startsWith('2') ? shallow(jsonSchema(content), ANSWER_DEPTH) : null,
          ]),
        ),
      })),
  );
  const missing = USED.filter(id => !found.some(each => each.operationId === id));
  if (missing.length > 0) throw new Error(`not in the description: ${missing.join(', ')}`);
  return found.sort((a, b) => USED.indexOf(a.operationId) - USED.indexOf(b.operationId));
}

const folder = process.argv[2];
if (!folder) throw new Error('Say where @octokit/openapi lies: node scripts/openapi-subset.ts FOLDER');
const description: Description = JSON.parse(
  readFileSync(join(folder, 'generated', 'api.github.com.deref.json'), 'utf8'),
);
const fixture = {
  source: `@octokit/openapi ${description.info.version}, generated/api.github.com.deref.json`,
  licence: 'MIT, Copyright (c) 2020 Octokit contributors',
  operations: subset(description),
};
const target = join(import.meta.dirname, '..', 'fixtures', 'github-openapi.json');
writeFileSync(target, `${JSON.stringify(fixture, null, 2)}\n`);
