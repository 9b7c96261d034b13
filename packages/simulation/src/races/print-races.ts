import type { RaceReport } from './run-races.js';

const SHOWN_MAX = 40;

/** Whether each race had exactly the effects it should have, and nothing fell. */
export const isEachOnce = ({ counts, crashes, broken }: RaceReport): boolean =>
  crashes.length === 0 &&
  broken.length === 0 &&
  counts.every(({ effects, rounds, wrong }) => effects === rounds && wrong.length === 0);

export function printRaces({ counts, crashes, broken, logged }: RaceReport): string {
  const lines = ['| race | rounds | tries | effects | wrong |', '| --- | --- | --- | --- | --- |'];
  for (const { name, rounds, tries, effects, wrong } of counts)
    lines.push(`| ${name} | ${rounds} | ${tries} | ${effects} | ${wrong.length} |`);
  for (const { name, wrong } of counts) for (const each of wrong.slice(0, SHOWN_MAX)) lines.push(`${name}: ${each}`);
  for (const crash of crashes) lines.push(`crash: ${crash}`);
  for (const each of broken) lines.push(`the books: ${each}`);
  for (const [message, count] of [...logged].slice(0, SHOWN_MAX)) lines.push(`logged ${count} times: ${message}`);
  return lines.join('\n');
}
