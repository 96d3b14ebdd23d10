/** What an endpoint may say of a request that it rejects. */
export interface Objection {
  readonly code?: unknown;
  readonly param?: unknown;
  readonly message?: unknown;
}

/** Statuses of a request that is not worded as the endpoint would have it: the second is FastAPI's. */
const ILL_WORDED: ReadonlySet<number | undefined> = new Set([400, 422]);

/** What can be worded otherwise. */
const REWORDABLE = /\b(?:max_tokens|temperature|response_format)\b/g;

/**
 * Which parameters that can be worded otherwise a rejection says are not taken: by the field that names one, or, where
 * there is none, by its message. A message that only speaks of one, as one that quotes the question may, or that finds
 * its value too large, says no such thing.
 */
export function parametersIn(status: number | undefined, objection: Objection): readonly string[] {
  if (!ILL_WORDED.has(status)) return [];
  const { param } = objection;
  if (typeof param !== 'string' || param === '') return notTakenIn(`${objection.message}`);
  return namedBy(objection).filter(name => isNotTaken(name, objection));
}

/** The parameters of ours that a rejection names by its field for that, or finds too large. */
export const namedBy = ({ param, message }: Objection): readonly string[] => [
  ...new Set(
    typeof param === 'string' && param !== ''
      ? param.match(REWORDABLE)
      : TOO_LARGE.exec(`${message}`)?.slice(1),
  ),
];

const TOO_LARGE = /\b(max_tokens)\b[^.;\n]{0,40}\btoo (?:large|high)\b/;

const CODE_OF_ALL = /unsupported|unrecogni[sz]ed|unknown|unexpected|forbidden|deprecated|not_supported/i;

/** Words for a value that is too large, or for what it would have to be. */
const OF_SIZE =
  /\b(?:too (?:large|high|big|long|small|low)|at (?:most|least)|exceed|m(?:ax|in)imum|(?:less|greater|larger|more) than|above|below|between|range|length)|[<>≤≥]/i;
const OF_LARGE = /\b(?:too (?:large|high)|at most|exceed|maximum|less than|above)|<=|≤/i;

/** Whether the rejection of a parameter that it names says that the parameter is not taken, and not only not so large. */
function isNotTaken(name: string, { code, param, message }: Objection): boolean {
  const words = [`${code}`.replaceAll('_', ' '), param, message].join(' ');
  if (CODE_OF_ALL.test(`${code}`) || notTakenIn(words).includes(name)) return true;
  return name === 'max_tokens' ? !OF_SIZE.test(words) : name !== 'temperature' || !OF_LARGE.test(words);
}

/** A parameter in a message, with its place and its quotes: `body.temperature`, 'max_tokens', \"response_format.type\". */
const NAME = /(?<!\w)(\\?["'`]|)(?:\w+\.)*(max_tokens|temperature|response_format)(?:\.\w+)*\1(?!\w)/g;

const LIST = /(<\w+>(?:(?:,| and| or|, and) <\w+>)*)/;

const DOES_NOT = /do(?:es)?(?: not|n['’]t) support/;

/** Said before a name, or several, with nothing between. */
const BEFORE = inTurn(
  oneOf(
    /\bun(?:supported|recogni[sz]ed|known|expected)/,
    /\bnot (?:supported|recogni[sz]ed|allowed|permitted)(?: (?:on|with|for|by) this model)?/,
    /\bextra (?:input|field)s? (?:are )?not (?:permitted|allowed),/,
    inTurn(DOES_NOT, /(?: the)?/),
  ),
  /(?: (?:request|keyword|body|input))?/,
  /(?: (?:parameter|argument|field|name|key|property|properties|input|option|value)(?:s|\(s\))?)?/,
  /(?: supplied| provided)?(?: in object)?:?\s*[[({]?/,
  LIST,
);

/** Said behind it: what stands between is the value, or what FastAPI and others write between place and message. */
const AFTER = inTurn(
  LIST,
  /(?: (?:parameter|argument|field|type|option)s?)?(?: of type)?(?: ["'`]?json_schema["'`]?)?/,
  /[\s:,)\]}]*(?:["']msg["']: ?["'])?(?: ?\b(?:is|are|was|were|has been))?(?: (?:currently|both))? ?/,
  oneOf(
    /not (?:currently |yet )?(?:supported|permitted|allowed|recogni[sz]ed|accepted|available|implemented|a valid)/,
    /no longer (?:supported|accepted|available)/,
    /un(?:supported|recogni[sz]ed|known|expected|available)|deprecated|forbidden/,
    /extra (?:input|field)s? (?:are )?not (?:permitted|allowed)/,
    /(?:not |can(?:not|['’]t| not) be )(?:set|specified|adjust(?:ed|able)|changed)/,
    /(?:must|should) (?:be omitted|not be (?:set|specified))/,
    DOES_NOT,
  ),
);

const A_VALUE = /^(?: of)?\s*=?\s*\d/;

/** A message that has this to say of a parameter has it left out, or worded otherwise. */
const OF_ONE: Readonly<Record<string, RegExp>> = {
  max_tokens: /\b(?:use|by|of|to) (?:the )?["'`]?max_completion_tokens/i,
  // It takes one value alone, or not 0.
  temperature:
    /<temperature> may only be set to|<temperature>[^.;\n]{0,20}\bonly \S+ is (?:allowed|supported)|<temperature>[^.;\n]{0,30}(?:strictly positive|greater than 0|range \(0)/i,
  // It takes another type.
  response_format: /<response_format>[^.;\n]{0,20}\b(?:must|should) be\b/i,
};

/** As much of a message as is read (characters): one of some megabytes would hold the run up. */
const READ = 4000;

/** Which parameters a message says are not taken. */
function notTakenIn(message: string): readonly string[] {
  const words = message.slice(0, READ).replace(NAME, '<$2>');
  const said = [...words.matchAll(BEFORE), ...words.matchAll(AFTER)].flatMap(found => {
    const rest = words.slice(found.index + found[0].length).split(/[.;\n]/)[0] as string;
    const isLimit = OF_SIZE.test(rest) || A_VALUE.test(rest);
    return namesIn(found[1] as string).filter(name => name !== 'max_tokens' || !isLimit);
  });
  const ofOne = namesIn(words).filter(name => OF_ONE[name]?.test(words));
  return [...new Set([...said, ...ofOne])];
}

const namesIn = (words: string): readonly string[] =>
  [...words.matchAll(/<(\w+)>/g)].map(found => found[1] as string);

function inTurn(...parts: readonly RegExp[]): RegExp {
  return new RegExp(parts.map(({ source }) => source).join(''), 'gi');
}

function oneOf(...parts: readonly RegExp[]): RegExp {
  return new RegExp(`(?:${parts.map(({ source }) => source).join('|')})`);
}
