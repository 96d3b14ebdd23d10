/** What a reasoning model thinks aloud before its reply, where its server leaves that in; it may come to no end. */
const THOUGHTS =
  /^\s*(?:<(think(?:ing)?|thought|reasoning|seed:think)>[\s\S]*?(?:<\/\1>|$)|\[THINK\][\s\S]*?(?:\[\/THINK\]|$)|◁think▷[\s\S]*?(?:◁\/think▷|$)|<\|channel\|>analysis<\|message\|>[\s\S]*?(?:<\|channel\|>final<\|message\|>|$))/i;

/** Thoughts that came to their end, and began in the prompt, as some templates have it. */
const BEGUN_BEFORE = /^(?!\s*<think>)[\s\S]*?<\/think>/i;

/** Whether thoughts end in a text and begin in none. */
export const endsThoughts = (text: string): boolean => BEGUN_BEFORE.test(text);

/** What a model says beside its thoughts: nothing where they began in the text and came to no end. */
export const saidBeside = (text: string): string => text.replace(THOUGHTS, '').replace(BEGUN_BEFORE, '');
