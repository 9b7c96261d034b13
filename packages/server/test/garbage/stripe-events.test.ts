import { createHmac } from 'node:crypto';
import { createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Mutation, mutated, mutation } from './mutate.js';
import { type Json, jsonText, strangeJson } from './rubbish.js';
import { fc, Tally, thrown, timeoutMilliseconds } from './runs.js';

const SECRET = 'whsec_garbage_secret';
const BODIES = 250;
const MUTATIONS_MAX = 3;
const ACCOUNT = 'sk_test_sandbox_world';

const GOOD: Json = {
  object: 'event',
  api_version: '2026-10-28.endive',
  type: 'customer.updated',
  created: 1_803_891_600,
  livemode: false,
  account: null,
  data: { object: { id: 'cus_foreign', object: 'customer', name: 'Ada' }, previous_attributes: { name: 'A' } },
};

/** Bytes that somebody with the right secret signed: an event with a few places gone wrong, any JSON, or no text at all. */
const signedBytes: fc.Arbitrary<Uint8Array> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.uuid(), fc.array(mutation(strangeJson), { minLength: 1, maxLength: MUTATIONS_MAX }))
      .map(([uuid, mutations]) => textBytes(eventWith(uuid, mutations))),
  },
  { weight: 1, arbitrary: strangeJson.map(textBytes) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
);

function textBytes(value: Json): Uint8Array {
  return Buffer.from(jsonText(value), 'utf8');
}

const eventWith = (uuid: string, mutations: readonly Mutation[]): Json =>
  mutated({ id: `evt_${uuid}`, ...(GOOD as object) }, mutations);

describe.each(testDatabases())('what is signed is stored or refused, never a fault of ours, on %s', (database) => {
  let world: World;
  let connectionId = '';
  const tally = new Tally();
  beforeAll(async () => {
    world = await createWorld({ database });
    connectionId = String((await world.connect(ACCOUNT, { webhook_secret: SECRET })).id);
  });
  afterAll(async () => {
    tally.print(`signed bytes on ${database}`);
    await world.close();
  });

  async function holds(payload: Uint8Array): Promise<void> {
    world.clock.advance(1_000);
    const time = String(Math.floor(world.clock.machineNow() / 1_000));
    const signature = createHmac('sha256', SECRET).update(`${time}.`).update(payload).digest('hex');
    const headers = { 'content-type': 'application/json', 'stripe-signature': `t=${time},v1=${signature}` };
    const url = `/stripe/webhooks/${connectionId}`;
    const answer = await world.app.inject({ method: 'POST', url, headers, payload: Buffer.from(payload) });
    const { error } = answer.json();
    tally.count(error?.code ?? 'stored');
    if (answer.statusCode === 200) return;
    // Nothing at all is not signed by anybody.
    const code = payload.length === 0 ? 'signature_invalid' : 'stripe_event_malformed';
    expect([answer.statusCode, error.code]).toEqual([400, code]);
  }

  test(
    'bytes and JSON of any kind',
    async () => {
      await fc.assert(fc.asyncProperty(signedBytes, holds), thrown(BODIES));
      expect(tally.of('stored')).toBeGreaterThan(0);
      expect(tally.of('stripe_event_malformed')).toBeGreaterThan(0);
      // What was stored must be digested as well.
      await world.quiet();
      const faults = await world.context.db.query({
        text: "select kind, payload, last_error from jobs where last_error ->> 'code' = 'internal_error'",
      });
      expect(faults).toEqual([]);
    },
    timeoutMilliseconds(),
  );
});
