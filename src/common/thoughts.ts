/** What a reasoning model thinks aloud before its reply, where its server leaves that in; it may come to no end. */
const THOUGHTS =
  /^\s*(?:<(think(?:ing)?|thought|reasoning|seed:think)>[\s\S]*?(?:<\/\1>|$)|\[THINK\][\s\S]*?(?:\[\/THINK\]|$)|◁think▷[\s\S]*?(?:◁\/think▷|$))/i;

/** A reply without the thoughts before it: nothing where they came to no end. */
export const withoutThoughts = (reply: string): string => reply.replace(THOUGHTS, '');
