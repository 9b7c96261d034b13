import { createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aimedAt, fieldsOf } from './aimed.js';
import type { Ids } from './bodies.js';
import { OPERATIONS } from './document.js';
import { fillEnvironment, idsOf, newTenant } from './filled-world.js';
import { Watcher } from './fingerprint.js';
import { faultOf, type Thrown, thrownAt } from './requests.js';
import { fc, Tally, thrown, timeoutMilliseconds } from './runs.js';

const REQUESTS_AN_OPERATION = 12;
/** Enough for the slowest answer on a busy machine, and far less than a search that grows with its input takes. */
const ANSWER_MILLISECONDS_MAX = 5_000;

describe.each(testDatabases())('garbage is refused, and a refusal changes nothing, on %s', (database) => {
  let world: World;
  let watcher: Watcher;
  let ids: Ids;
  const tally = new Tally();
  const aimed = new Tally();

  beforeAll(async () => {
    world = await createWorld({ database });
    const mine = { secretKey: world.secretKey, stripeKey: 'sk_test_sandbox_world', mark: 'own' };
    const own = await fillEnvironment(world, mine);
    const secretKey = await newTenant(world, 'Other');
    const other = await fillEnvironment(world, { secretKey, stripeKey: 'sk_test_sandbox_other', mark: 'other' });
    const known = idsOf(own, other);
    const terms = { customer_id: own.ids.customers?.[0], currency: 'eur' };
    const draft = (await world.request('POST', '/v1/invoices', terms)).body;
    ids = { ...known, of: { ...known.of, draft_invoices: [String(draft.id)] } };
    watcher = await Watcher.of(world.context.db);
  }, 120_000);
  afterAll(async () => {
    aimed.print(`fields aimed at on ${database}`);
    tally.print(`garbage at ${OPERATIONS.length} operations on ${database}`);
    await world.close();
  });

  async function holds(request: Thrown, aim = ''): Promise<void> {
    const began = performance.now();
    const { method, url, body, headers } = request;
    const reply = await world.request(method, url, body, { headers });
    // The rate of requests is not what is tried here.
    world.clock.advance(100);
    expect(performance.now() - began).toBeLessThan(ANSWER_MILLISECONDS_MAX);
    expect([aim, faultOf(reply), reply.body.error]).toEqual([aim, null, reply.body.error]);
    const changed = await watcher.changes();
    tally.count(reply.status < 300 ? 'done' : reply.body.error.code);
    if (reply.status < 400) return;
    const { code } = reply.body.error;
    expect([aim, code, changed]).toEqual([aim, code, []]);
    // Nobody else writes here, so whatever keeps changing would be ours; and who is not let in tries nothing.
    expect(['conflict_persisted', 'api_key_invalid', 'rate_limited']).not.toContain(code);
  }

  /** What the worker could not do for a reason on our side. */
  const faultsOfWork = (): Promise<unknown[]> =>
    world.context.db.query({
      text: "select kind, payload, last_error from jobs where last_error ->> 'code' = 'internal_error'",
    });

  test('the document has fields of every kind, and moments in addresses as well as in bodies', () => {
    const fields = OPERATIONS.flatMap(fieldsOf);
    const kinds = new Set(fields.map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual(['address', 'flag', 'id', 'instant', 'number', 'text', 'word']);
    const moments = fields.filter(({ kind }) => kind === 'instant').map(({ where, at }) => `${where} ${at.at(-1)}`);
    expect([...new Set(moments)].sort()).toEqual([
      'body due_at',
      'body end',
      'body start',
      'query from',
      'query until',
    ]);
  });

  test.each(OPERATIONS)(
    '$name, each of its fields with what is odd for its kind',
    async (operation) => {
      for (const { aim, ...request } of aimedAt(operation, ids)) {
        aimed.count(aim.split(' ')[0] ?? '');
        await holds(request, aim);
      }
      await world.quiet();
      expect(await faultsOfWork()).toEqual([]);
      await watcher.changes();
    },
    timeoutMilliseconds(),
  );

  test.each(OPERATIONS)(
    '$name',
    async (operation) => {
      await fc.assert(
        fc.asyncProperty(thrownAt(operation, ids), (request) => holds(request)),
        thrown(REQUESTS_AN_OPERATION),
      );
      // What was taken must be digested, too: the work it made must not break.
      await world.quiet();
      expect(await faultsOfWork()).toEqual([]);
      await watcher.changes();
    },
    timeoutMilliseconds(),
  );
});
