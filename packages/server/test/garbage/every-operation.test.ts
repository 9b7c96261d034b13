import { createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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

  beforeAll(async () => {
    world = await createWorld({ database });
    const mine = { secretKey: world.secretKey, stripeKey: 'sk_test_sandbox_world', mark: 'own' };
    const own = await fillEnvironment(world, mine);
    const secretKey = await newTenant(world, 'Other');
    const other = await fillEnvironment(world, { secretKey, stripeKey: 'sk_test_sandbox_other', mark: 'other' });
    ids = idsOf(own, other);
    watcher = await Watcher.of(world.context.db);
  }, 120_000);
  afterAll(async () => {
    tally.print(`garbage at ${OPERATIONS.length} operations on ${database}`);
    await world.close();
  });

  async function holds(request: Thrown): Promise<void> {
    const began = performance.now();
    const { method, url, body, headers } = request;
    const reply = await world.request(method, url, body, { headers });
    // The rate of requests is not what is tried here.
    world.clock.advance(100);
    expect(performance.now() - began).toBeLessThan(ANSWER_MILLISECONDS_MAX);
    expect([faultOf(reply), reply.body.error]).toEqual([null, reply.body.error]);
    const changed = await watcher.changes();
    tally.count(reply.status < 300 ? 'done' : reply.body.error.code);
    if (reply.status < 400) return;
    const { code } = reply.body.error;
    expect([code, changed]).toEqual([code, []]);
    // Nobody else writes here, so whatever keeps changing would be ours.
    expect(code).not.toBe('conflict_persisted');
  }

  /** What the worker could not do for a reason on our side. */
  const faultsOfWork = (): Promise<unknown[]> =>
    world.context.db.query({
      text: "select kind, payload, last_error from jobs where last_error ->> 'code' = 'internal_error'",
    });

  test.each(OPERATIONS)(
    '$name',
    async (operation) => {
      await fc.assert(fc.asyncProperty(thrownAt(operation, ids), holds), thrown(REQUESTS_AN_OPERATION));
      // What was taken must be digested, too: the work it made must not break.
      await world.quiet();
      expect(await faultsOfWork()).toEqual([]);
      await watcher.changes();
    },
    timeoutMilliseconds(),
  );
});
