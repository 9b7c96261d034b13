import { beforeEach, describe, expect, test } from 'vitest';
import { defineCollection, type StoredObject } from './collection.js';
import { Core } from './core.js';
import { noCause } from './engine.js';
import { invalidRequest } from './errors.js';
import type { JournalEntry } from './journal.js';
import { keyFrom } from './keys.js';
import type { Resource } from './operation.js';
import { type TestClockObject, testClocks } from './test-clock.js';
import { seeded } from './testing/running-sandbox.js';
import { defaultVersion } from './versions.js';

// The engine with something to do that falls due on a test clock and reaches into other accounts.

interface Note extends StoredObject {
  readonly at: number;
}

const notes = defineCollection<Note>({ type: 'note', prefix: 'note' });

const machineSeconds = 1_000_000;
const frozenAt = 2_000_000;
const dueAt = frozenAt + 50;

let otherId = '';
let isRefused = false;
let lines: JournalEntry[] = [];
let core: Core;

const resource: Resource = {
  collections: [notes, testClocks],
  operations: {},
  scheduled: {
    'note.spreads': (work, id) => {
      const other = work.inAccount(otherId);
      const opened = work.openAccount();
      for (const one of [work, other, opened]) one?.put(notes, { id, at: one.now });
      other?.inAccount(work.account.id)?.put(notes, { id: `${id}_back`, at: work.now });
      if (isRefused) throw invalidRequest('No.');
    },
  },
};

const makeCore = (journal: { append(entry: JournalEntry): void } | undefined): Core =>
  new Core({
    now: () => machineSeconds * 1000,
    random: seeded(1),
    journal,
    resources: [resource],
    baseUrl: 'http://127.0.0.1:1',
    defaultVersion,
    retryDelaysSeconds: { live: [], test: [] },
    searchLagSeconds: 0,
  });

const accountOf = (key: string) => core.accountOf(keyFrom({ authorization: `Bearer ${key}` }));
const notesIn = (from: Core): (readonly [string, number])[][] =>
  [...from.accounts.values()].map(({ store }) =>
    [...store.oldestFirst('note')].map((note) => [note.id, (note as Note).at] as const),
  );

/** Lets the note fall due on a clock that advances past it. */
const advance = (): void => {
  core.transact(accountOf('sk_test_first'), noCause, (work) => {
    const clock = work.put(testClocks, { id: 'clock_1', status: 'ready', frozen_time: frozenAt } as TestClockObject);
    work.onClock(clock.id).schedule('note.spreads', 'note_1', dueAt);
    const advancing = { target_frozen_time: frozenAt + 100 };
    work.update(testClocks, clock, { status: 'advancing', status_details: { advancing } });
  });
  core.tick();
};

beforeEach(() => {
  isRefused = false;
  lines = [];
  core = makeCore({ append: (entry) => lines.push(entry) });
  accountOf('sk_test_first');
  otherId = accountOf('sk_test_other').record.id;
});

describe('what falls due on a test clock and is written to several accounts', () => {
  test("is in one line of the journal, each account in its own time and the clock's in that of the clock", () => {
    advance();
    const spread = lines.filter(({ others }) => others !== undefined);
    expect(spread).toHaveLength(1);
    const first = [
      ['note_1', dueAt],
      ['note_1_back', dueAt],
    ];
    const own = [['note_1', machineSeconds]];
    expect(notesIn(core)).toEqual([first, own, own]);
  });

  test('comes back whole from the journal, the account it opened too', () => {
    advance();
    const restored = makeCore(undefined);
    for (const entry of lines) restored.restore(entry);
    restored.restored();
    expect(notesIn(restored)).toEqual(notesIn(core));
  });

  test('leaves nothing anywhere when it is refused, and no account', () => {
    isRefused = true;
    advance();
    expect(notesIn(core)).toEqual([[], []]);
    expect(lines.some(({ others }) => others !== undefined)).toBe(false);
    expect(accountOf('sk_test_first').store.get('test_helpers.test_clock', 'clock_1')).toMatchObject({
      status: 'ready',
    });
  });
});
