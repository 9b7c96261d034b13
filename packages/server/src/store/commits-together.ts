import { invariant } from '@tollbridge/core';
import type { Statement, Together } from './database.js';

/** What a parameter of a commit is: the machine's time, rows as JSON, how many a check must find, or anything else. */
export type ValueKind = 'now' | 'records' | 'count' | 'own';

/**
 * Several commits that write the same tables in the same ways have the same text, and what each adds to it are rows: put
 * together they are one commit of all those rows, whole or not at all. A row that two of them write is found once and
 * expected twice, so it is refused, as every conflict is.
 */
export const commitsTogether = (kinds: readonly ValueKind[]): Together => ({
  join(statements) {
    const [first] = statements as readonly [Statement, ...Statement[]];
    return {
      ...first,
      values: kinds.map((kind, index) =>
        valueTogether(
          kind,
          statements.map(({ values = [] }) => values[index]),
        ),
      ),
    };
  },
  // Only one that draws a number has an answer, and it goes alone.
  split: (_rows, count) => Array.from({ length: count }, () => []),
});

function valueTogether(kind: ValueKind, values: readonly unknown[]): unknown {
  invariant(kind !== 'own', 'a commit with a parameter of its own goes alone');
  if (kind === 'count') return (values as number[]).reduce((sum, count) => sum + count, 0);
  // Both are texts whose order is that of time.
  if (kind === 'now') return (values as string[]).reduce((latest, now) => (now > latest ? now : latest));
  const lists = (values as string[]).map((list) => list.slice(1, -1)).filter((list) => list !== '');
  return `[${lists.join(',')}]`;
}
