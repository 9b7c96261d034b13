import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { handleApi } from './api.js';
import { defineCollection } from './collection.js';
import { Core } from './core.js';
import { declined, invalidRequest, unexpectedState } from './errors.js';
import { keyFrom } from './keys.js';
import { operation, type Resource } from './operation.js';
import { ContractCheck } from './testing/contract-misfits.js';
import { seeded } from './testing/running-sandbox.js';
import { defaultVersion } from './versions.js';

// The engine with operations of its own, for promises no resource of Stripe's shows by itself.

interface Note {
  readonly id: string;
  readonly object: 'note';
  readonly text: string;
  readonly at: number;
  readonly _secret: string;
}

const notes = defineCollection<Note>({
  type: 'note',
  prefix: 'note',
  render: (note, _work, version) => (version.endsWith('clover') ? { ...note, old_text: note.text } : { ...note }),
});

const clock = { nowMs: 1_000_000 };
let failures = 0;
let handled = 0;

const resource: Resource = {
  collections: [notes],
  operations: {
    'POST /v2/core/accounts': operation<object>((context) => {
      handled += 1;
      if (failures > 0) {
        failures -= 1;
        throw unexpectedState('not_now', 'Not now.');
      }
      return context.put(notes, { id: context.newId('note'), object: 'note', text: '', at: context.now, _secret: 's' });
    }),
    'POST /v1/notes/:what': operation<object>((context) => {
      const note = context.put(notes, {
        id: context.newId('note'),
        object: 'note',
        text: context.path.what ?? '',
        at: context.now,
        _secret: 's',
      });
      context.emit('note.created', note);
      context.schedule('note.later', note.id, context.now + 100);
      context.schedule('note.last', note.id, context.now + 200);
      if (note.text === 'refused') throw invalidRequest('No.');
      if (note.text === 'declined')
        throw declined({ code: 'card_declined', declineCode: 'generic_decline', message: 'No.' });
      if (note.text === 'broken') throw new Error('a bug');
      if (note.text === 'cancelled') context.unschedule('note.later', note.id);
      return note;
    }),
  },
  scheduled: {
    'note.later': (work, id) => {
      const note = work.require(notes, id);
      work.emit('note.updated', work.update(notes, note, { text: 'later', at: work.now }), note);
    },
    'note.last': (work, id) => {
      if (work.require(notes, id).text === 'declined') throw invalidRequest('Refused when due.');
      work.remove(notes, id);
    },
  },
};

let core: Core;

const call = (
  path: string,
  headers: Record<string, string> = {},
): { status: number; body: Record<string, unknown> } => {
  const answer = handleApi(core, {
    method: 'POST',
    url: path,
    headers: { authorization: 'Bearer sk_test_core', ...headers },
    body: '',
  });
  if (answer.kind === 'cut') throw new Error('cut');
  const { status, headers: told } = answer;
  const body = JSON.parse(answer.body);
  // A note is nothing of Stripe's; whatever else is answered is.
  if (body.object !== 'note')
    check.look({ method: 'POST', url: path, status, version: told['stripe-version'] ?? '', content: body });
  return { status, body };
};

const check = new ContractCheck();
afterEach(() => expect(check.misfits()).toEqual([]));

const account = () => core.accountOf(keyFrom({ authorization: 'Bearer sk_test_core' }));
const texts = (): string[] => [...account().store.newestFirst('note')].map((note) => (note as Note).text);
const eventTypes = (): string[] =>
  [...account().store.newestFirst('event')].map((event) => (event as unknown as { type: string }).type);

beforeEach(() => {
  failures = 0;
  handled = 0;
  clock.nowMs = 1_000_000;
  const retryDelaysSeconds = { live: [], test: [] };
  const options = {
    now: () => clock.nowMs,
    random: seeded(1),
    journal: undefined,
    baseUrl: 'http://127.0.0.1:1',
    defaultVersion,
  };
  core = new Core({ ...options, resources: [resource], retryDelaysSeconds, searchLagSeconds: 0 });
});

describe('a request happens as a whole or not at all', () => {
  test('refused: no object, no event, nothing scheduled', () => {
    expect(call('/v1/notes/refused').status).toBe(400);
    clock.nowMs += 1_000_000;
    core.tick();
    expect([texts(), eventTypes(), core.nextDueMs()]).toEqual([[], [], undefined]);
  });

  test('declined: what was written before it stays', () => {
    expect(call('/v1/notes/declined').status).toBe(402);
    expect([texts(), eventTypes()]).toEqual([['declined'], ['note.created']]);
  });

  test('a mistake of the sandbox leaves nothing, is said as such and is not kept under the key', () => {
    const answer = call('/v1/notes/broken', { 'idempotency-key': 'k' });
    expect([answer.status, (answer.body.error as { type: string }).type]).toEqual([500, 'api_error']);
    expect(texts()).toEqual([]);
    expect(call('/v1/notes/broken', { 'idempotency-key': 'k' }).body).not.toEqual(answer.body);
  });
});

test("fields of the sandbox's own are shown to nobody, and each version gets its shape", () => {
  expect(call('/v1/notes/x').body).not.toHaveProperty('_secret');
  expect(call('/v1/notes/x', { 'stripe-version': '2025-09-30.clover' }).body).toHaveProperty('old_text');
  const [event] = account().store.newestFirst('event');
  expect((event as unknown as { data: { object: object } }).data.object).not.toHaveProperty('_secret');
});

describe('what time does by itself', () => {
  test('runs when it is due and not before, at the time it was due, caused by no request', () => {
    call('/v1/notes/x');
    clock.nowMs += 99_999;
    core.tick();
    expect(texts()).toEqual(['x']);
    clock.nowMs += 50_000;
    core.tick();
    expect([...account().store.newestFirst('note')]).toMatchObject([{ text: 'later', at: 1_100 }]);
    const [event] = account().store.newestFirst('event');
    expect(event).toMatchObject({ type: 'note.updated', created: 1_100, request: { id: null, idempotency_key: null } });
  });

  test('runs before a request that comes after it', () => {
    call('/v1/notes/x');
    clock.nowMs += 150_000;
    call('/v1/notes/y');
    expect(texts()).toEqual(['y', 'later']);
  });

  test('runs in order when a clock that stands still jumps', () => {
    call('/v1/notes/x');
    core.setClock(account(), { mode: 'manual', nowMs: 1_000_000 });
    expect(core.nextDueMs()).toBeUndefined();
    core.setClock(account(), { mode: 'manual', nowMs: 5_000_000 });
    expect([texts(), eventTypes()]).toEqual([[], ['note.updated', 'note.created']]);
  });

  test('does not run once it was taken back, and not again once it was refused', () => {
    call('/v1/notes/cancelled');
    clock.nowMs += 150_000;
    core.tick();
    expect(texts()).toEqual(['cancelled']);
    call('/v1/notes/declined');
    core.tick();
    clock.nowMs += 1_000_000;
    core.tick();
    expect(core.nextDueMs()).toBeUndefined();
  });
});

describe('behaviour 6: version 2 of the API', () => {
  const create = (key: string) => call('/v2/core/accounts', { 'idempotency-key': key });

  test('runs again what failed, and then repeats the success', () => {
    failures = 1;
    expect(create('k').status).toBe(400);
    const made = create('k');
    expect([made.status, handled]).toEqual([200, 2]);
    expect([create('k').body, handled]).toEqual([made.body, 2]);
  });

  test('keeps a key for 30 days', () => {
    const made = create('k');
    clock.nowMs += 30 * 86_400_000 - 1;
    expect(create('k').body.id).toBe(made.body.id);
    clock.nowMs += 1;
    expect(create('k').body.id).not.toBe(made.body.id);
  });
});
