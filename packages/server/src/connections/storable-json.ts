/** Stripe's own objects nest a dozen levels with everything expanded; each of these is a call of what walks them. */
const NESTING_MAX = 100;

/** What PostgreSQL's text and JSON cannot hold: NUL, and half of a pair of surrogates (postgresql.org/docs/15/datatype-json.html). */
const UNSTORABLE = /\0|\p{Surrogate}/gu;

/** The text as a database can hold it: somebody's name with a NUL must not stop every event behind it. */
export const storableText = (text: string): string =>
  text.replaceAll(UNSTORABLE, (character) => (character === '\0' ? '' : '\ufffd'));

/** A JSON value whose texts and names a database can hold; undefined when it is nested deeper than anything of Stripe's. */
export function storableJson(value: unknown, levelsLeft = NESTING_MAX): unknown {
  if (typeof value === 'string') return storableText(value);
  if (value === null || typeof value !== 'object') return value;
  if (levelsLeft === 0) return undefined;
  const isArray = Array.isArray(value);
  const parts: [string, unknown][] = [];
  for (const [name, part] of Object.entries(value)) {
    const stored = storableJson(part, levelsLeft - 1);
    if (stored === undefined) return undefined;
    parts.push([storableText(name), stored]);
  }
  return isArray ? parts.map(([, part]) => part) : Object.fromEntries(parts);
}
