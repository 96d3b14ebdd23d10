/** The value of a text that is JSON; undefined for any other. It has no words of its own: they would quote the text. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
