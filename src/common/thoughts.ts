/** What a reasoning model thinks aloud before its reply, where its server leaves that in; it may come to no end. */
const THOUGHTS =
  /^\s*(?:<(think(?:ing)?|thought|reasoning|seed:think)>[\s\S]*?(?:<\/\1>|$)|\[THINK\][\s\S]*?(?:\[\/THINK\]|$)|◁think▷[\s\S]*?(?:◁\/think▷|$)|<\|channel\|>analysis<\|message\|>[\s\S]*?(?:<\|channel\|>final<\|message\|>|$))/i;

/** The same of a channel whose marks the server has taken out: `analysisWe need to … assistantfinalI …`. */
const BARE_CHANNEL = /^\s*analysis(?=[\p{Lu}\p{N}"“'‘(]|[\s\S]*?assistantfinal)[\s\S]*?(?:assistantfinal|$)/u;

/** Thoughts that came to their end, and began in the prompt, as some templates have it. */
const BEGUN_BEFORE = /^[\s\S]*?(?:<\/(?:think(?:ing)?|thought|reasoning|seed:think)>|\[\/THINK\]|◁\/think▷)/i;

/**
 * What a text tells of thoughts that it does not begin itself: that they end in it, or, where it was cut off, that they do
 * not, so that it is nothing but these if they began in the prompt. Undefined where it tells nothing.
 */
export function thoughtsBefore(text: string, isCutOff: boolean): 'ended' | 'not ended' | undefined {
  if (THOUGHTS.test(text) || BARE_CHANNEL.test(text)) return undefined;
  if (BEGUN_BEFORE.test(text)) return 'ended';
  return isCutOff ? 'not ended' : undefined;
}

/** What a model says beside its thoughts: nothing where they began in the text and came to no end. */
export const saidBeside = (text: string): string =>
  text.replace(THOUGHTS, '').replace(BARE_CHANNEL, '').replace(BEGUN_BEFORE, '');
