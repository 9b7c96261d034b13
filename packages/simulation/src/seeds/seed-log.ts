import { appendFileSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import type { DatabaseKind } from '../test-databases.js';
import { OUTCOME_NAMES, Outcomes } from './outcomes.js';
import { smallNumbersFromText, textFromSmallNumbers } from './small-numbers.js';
import { Tally } from './tally.js';

/** What one seed came to. */
export interface PlayedSeed {
  readonly seed: number;
  /** The promises that were broken; none where it passed. */
  readonly broken: readonly string[];
  readonly tally: Tally;
  readonly outcomes: Outcomes;
}

/** What a log is of: seeds that were played otherwise are no part of the same run. */
export interface LogHead {
  readonly database: DatabaseKind;
  readonly steps: number;
  /** Which commit or version was played, where whoever began the log has said so. */
  readonly version?: string;
  readonly actions: readonly string[];
  readonly faults: readonly string[];
}

/** A seed's line: short, because thousands of them are kept. */
interface Line {
  readonly s: number;
  /** The cells that came, in their order, each as its distance to the one before; one that came twice is there twice. */
  readonly c: string;
  /** The count of each outcome. */
  readonly o: string;
  /** The broken promises, where there are any. */
  readonly f?: readonly string[];
}

/**
 * A run that is played in pieces: a file with a line for what is played, and a line for each seed. Whoever goes on with it
 * plays what is not in it yet; two that were played side by side are put together with `cat`.
 */
export class SeedLog {
  readonly #path: string;
  readonly #head: LogHead;

  /** Opens the file, or begins it. Errors: throws where it is of another run or cannot be read. */
  constructor(path: string, head: LogHead) {
    this.#path = path;
    this.#head = head;
    if (!existsSync(path)) writeFileSync(path, `${headText(head)}\n`, { flag: 'wx' });
    this.read();
    dropWhatWasCutOff(path);
  }

  append(played: PlayedSeed): void {
    appendFileSync(this.#path, `${JSON.stringify(this.#lineFrom(played))}\n`);
  }

  /** Everything in it, also what somebody else has added meanwhile. */
  read(): PlayedSeed[] {
    const expected = headText(this.#head);
    const played = new Map<number, PlayedSeed>();
    const [first, ...lines] = readFileSync(this.#path, 'utf8').split('\n').slice(0, -1);
    if (first !== expected)
      throw new Error(`${this.#path} is of another run: it begins with\n${first}\nand not\n${expected}`);
    for (const line of lines) {
      // Files that were put together have a head each.
      if (line === expected) continue;
      const seed = this.#fromLine(line);
      if (played.has(seed.seed)) throw new Error(`seed ${seed.seed} is in ${this.#path} twice`);
      played.set(seed.seed, seed);
    }
    return [...played.values()].sort((left, right) => left.seed - right.seed);
  }

  #lineFrom({ seed, broken, tally, outcomes }: PlayedSeed): Line {
    const distances: number[] = [];
    let last = 0;
    for (const [cell, { action, fault }] of this.#cells().entries()) {
      for (let count = tally.countOf(action, fault); count > 0; count--) {
        distances.push(cell - last);
        last = cell;
      }
    }
    return {
      s: seed,
      c: textFromSmallNumbers(distances),
      o: textFromSmallNumbers(OUTCOME_NAMES.map((name) => outcomes.countOf(name))),
      ...(broken.length === 0 ? {} : { f: broken }),
    };
  }

  #fromLine(text: string): PlayedSeed {
    const { s: seed, c, o, f: broken = [] } = lineFromText(text, this.#path);
    const tally = new Tally();
    const cells = this.#cells();
    let cell = 0;
    for (const distance of smallNumbersFromText(c)) {
      cell += distance;
      const met = cells[cell];
      if (met === undefined) throw new Error(`seed ${seed} in ${this.#path} has a cell that the story has not`);
      tally.count(met.action, met.fault);
    }
    const outcomes = new Outcomes();
    const counts = smallNumbersFromText(o);
    if (counts.length !== OUTCOME_NAMES.length)
      throw new Error(`seed ${seed} in ${this.#path} has ${counts.length} outcomes and not ${OUTCOME_NAMES.length}`);
    for (const [index, name] of OUTCOME_NAMES.entries()) outcomes.add(name, counts[index] ?? 0);
    return { seed, broken, tally, outcomes };
  }

  #cells(): { readonly action: string; readonly fault: string }[] {
    const { actions, faults } = this.#head;
    return actions.flatMap((action) => faults.map((fault) => ({ action, fault })));
  }
}

const headText = ({ database, steps, version, actions, faults }: LogHead): string =>
  JSON.stringify({
    ...(version === undefined ? {} : { version }),
    database,
    steps,
    actions: actions.join(' '),
    faults: faults.join(' '),
    outcomes: OUTCOME_NAMES.join(', '),
  });

function lineFromText(text: string, path: string): Line {
  try {
    return JSON.parse(text) as Line;
  } catch {
    throw new Error(`${path} has a line that is none: ${text.slice(0, 80)}`);
  }
}

/** Whoever was killed while he wrote has left a part of a line: its seed is played again. */
function dropWhatWasCutOff(path: string): void {
  const bytes = readFileSync(path);
  const whole = bytes.lastIndexOf('\n') + 1;
  if (whole < bytes.length) truncateSync(path, whole);
}
