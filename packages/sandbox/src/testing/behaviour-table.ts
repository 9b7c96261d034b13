import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Outcome } from './outcome-reporter.js';
import { leftOffAtStripe } from './stripe-files.js';

/** Which test files carry which behaviour in a title: behaviours.md says the same, and a test compares them. */

const folder = fileURLToPath(new URL('../../', import.meta.url));
const documentPath = join(folder, 'docs', 'behaviours.md');

/** The numbers at the beginning of a title: `it('behaviour 12: …'`, `describe('behaviours 46, 49: …'`. */
const titlePattern = /\(\s*['"`]behaviours? (\d+(?:, \d+)*): \S/g;

/** Files whose tests ask a sandbox over HTTP, from the package's folder, sorted. */
export const contractFiles = (): string[] =>
  testFiles().filter((path) => /\brun(Sandbox|Billing|Subscribing)\(/.test(readFileSync(folder + path, 'utf8')));

/** Number of the behaviour → paths of its tests from the package's folder, sorted. */
export const testsByBehaviour = (): ReadonlyMap<number, readonly string[]> => {
  const found = new Map<number, string[]>();
  for (const path of testFiles()) {
    const numbers = [...readFileSync(folder + path, 'utf8').matchAll(titlePattern)].flatMap(([, list = '']) =>
      list.split(', ').map(Number),
    );
    for (const number of new Set(numbers)) found.set(number, [...(found.get(number) ?? []), path]);
  }
  return found;
};

/** The comment beside a test that says what was found of a fact that was first written from memory: `// Checked, 16: …`. */
const findingPattern = /^ *\/\/ Checked, (\d+): (.*(?:\n *\/\/ (?!Checked).*)*)/gm;

export interface Finding {
  readonly number: number;
  readonly path: string;
  readonly text: string;
}

/** What was looked up of Stripe, as the tests say it. */
export const findings = (): Finding[] =>
  testFiles().flatMap((path) =>
    [...readFileSync(folder + path, 'utf8').matchAll(findingPattern)].map(([, number = '', text = '']) => ({
      number: Number(number),
      path,
      text: text.replaceAll(/\n *\/\/ /g, ' '),
    })),
  );

const testFiles = (): string[] =>
  ['src', 'test']
    .flatMap((part) =>
      readdirSync(folder + part, { recursive: true, encoding: 'utf8' }).map((path) => `${part}/${path}`),
    )
    .filter((path) => path.endsWith('.test.ts'))
    .sort();

export interface BehaviourRow {
  readonly number: number;
  readonly behaviour: string;
  readonly tests: readonly string[];
  readonly atStripe: string;
  readonly remark: string;
}

/** The numbers in a title that stands after those of what it is in. */
const numbersPattern = /(?:^| > )behaviours? (\d+(?:, \d+)*): \S/g;

/**
 * Number of the behaviour → whether its tests run at Stripe, and what those that do not would do there; by how the files for
 * Stripe went.
 */
export const atStripeByBehaviour = (outcomes: readonly Outcome[]): ReadonlyMap<number, string> => {
  const said = new Map<number, string>();
  for (const [number, files] of [...testsByBehaviour()].sort(([one], [other]) => one - other)) {
    const tests = outcomes.filter(({ title }) => numbersOf(title).includes(number));
    const reasons = [
      ...tests.flatMap(({ state, why }) => (state === 'skipped' ? [/^It (.*)\.$/.exec(why)?.[1] ?? why] : [])),
      ...files.flatMap((file) => leftOffAtStripe[file] ?? []),
    ];
    const distinct = [...new Set(reasons)].sort().join('; ');
    const runs = tests.some(({ state }) => state === 'passed');
    said.set(number, runs ? `yes${distinct === '' ? '' : `, but for what ${distinct}`}` : `no: ${distinct}`);
  }
  return said;
};

const numbersOf = (title: string): number[] =>
  [...title.matchAll(numbersPattern)].flatMap(([, list = '']) => list.split(', ').map(Number));

const rowPattern = /^\| (\d+) \| ([^|]*) \| ([^|]*) \| ([^|]*) \| ([^|]*) \|$/gm;

/** What the document says. */
export const documentedBehaviours = (): BehaviourRow[] =>
  [...readFileSync(documentPath, 'utf8').matchAll(rowPattern)].map(
    ([, number = '', behaviour = '', tests = '', atStripe = '', remark = '']) => ({
      number: Number(number),
      behaviour,
      tests: tests.split('<br>').map((link) => /`(.*)`/.exec(link)?.[1] ?? ''),
      atStripe,
      remark,
    }),
  );

/** Writes the tests that there are, and how they go at Stripe, into the document; the other columns are written by hand. */
export const writeBehaviours = (outcomes: readonly Outcome[]): void => {
  const tests = testsByBehaviour();
  const atStripe = atStripeByBehaviour(outcomes);
  const text = readFileSync(documentPath, 'utf8');
  const written = text.replaceAll(
    rowPattern,
    (_row, digits: string, behaviour: string, _tests, _at, remark: string) => {
      const number = Number(digits);
      const links = (tests.get(number) ?? []).map((path) => `\`${path}\``);
      return `| ${number} | ${behaviour} | ${links.join('<br>') || '``'} | ${atStripe.get(number) ?? ''} | ${remark} |`;
    },
  );
  writeFileSync(documentPath, written);
};
