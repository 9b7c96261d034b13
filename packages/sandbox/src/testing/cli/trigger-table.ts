import type { TriggerRow } from './trigger-run.js';

/** The rows as a table of Markdown, under their sums. */
export const triggerTable = (rows: readonly TriggerRow[]): string => {
  const lines = rows.map(({ trigger, outcome, note }) => `| \`${trigger}\` | ${outcome} | ${cell(note)} |`);
  return `${triggerSums(rows)}\n\n| trigger | outcome | why |\n| --- | --- | --- |\n${lines.join('\n')}\n`;
};

export const triggerSums = (rows: readonly TriggerRow[]): string => {
  const count = (outcome: TriggerRow['outcome']): number => rows.filter((row) => row.outcome === outcome).length;
  return `${count('passed')} passed, ${count('failed')} failed, ${count('out of scope')} out of scope, of ${rows.length}.`;
};

const cell = (text: string): string => text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|');
