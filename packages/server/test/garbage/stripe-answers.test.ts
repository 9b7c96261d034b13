import type { SandboxAnswer } from '@tollbridge/sandbox';
import { createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterAll, describe, expect, test } from 'vitest';
import { InvoiceStory, STRIPE_KEY } from '../invoice-story.js';
import { type Json, jsonText, strangeJson, strangeText } from './rubbish.js';
import { fc, Tally, thrown, timeoutMilliseconds } from './runs.js';

const STORIES = 6;
const ANSWERS_MAX = 8;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** What came instead of an answer of Stripe's; the call was carried out, or never arrived. */
interface Instead {
  readonly status: number;
  readonly body: string;
  readonly isCarriedOut: boolean;
}

/** What stands between two programs: pages of proxies, other people's JSON, and texts that break off. */
const body: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: strangeJson.map(jsonText) },
  { weight: 2, arbitrary: strangeJson.map((error) => jsonText({ error } as Json)) },
  { weight: 2, arbitrary: strangeJson.map((data) => jsonText({ object: 'list', data, has_more: true } as Json)) },
  { weight: 1, arbitrary: fc.constantFrom('<html>502</html>', '{"id":"pi_1","obj', '', '{"error":"Not Found"}') },
  { weight: 1, arbitrary: strangeText },
);

const instead: fc.Arbitrary<Instead> = fc.record(
  { status: fc.constantFrom(200, 200, 204, 302, 400, 404, 408, 418, 500, 502, 503), body, isCarriedOut: fc.boolean() },
  { noNullPrototype: true },
);

/** The next calls of the product's are answered so; afterwards Stripe is itself again. */
function garble(world: World, answers: readonly Instead[], tally: Tally): void {
  const { sandbox } = world;
  const { handle } = sandbox;
  const left = [...answers];
  sandbox.handle = (request): SandboxAnswer => {
    const next = left.shift();
    if (next === undefined) sandbox.handle = handle;
    if (next === undefined || request.url.startsWith('/_sandbox/')) return handle(request);
    tally.count(`${next.status}${next.isCarriedOut ? ' carried out' : ''}`);
    if (next.isCarriedOut) handle(request);
    return { kind: 'response', status: next.status, headers: {}, body: next.body, delayMs: 0 };
  };
}

describe.each(testDatabases())('whatever comes instead of an answer of Stripe’s, on %s', (database) => {
  const tally = new Tally();
  afterAll(() => tally.print(`strange answers on ${database}`));

  test(
    'connecting is refused in words and stores nothing, or connects',
    async () => {
      const world = await createWorld({ database });
      let key = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(instead, { minLength: 1, maxLength: ANSWERS_MAX }), async (answers) => {
          key += 1;
          const before = (await world.request('GET', '/v1/connections?limit=100')).body.data.length;
          garble(world, answers, tally);
          const secretKey = `sk_test_strange${key}`;
          const made = await world.request('POST', '/v1/connections', {
            mode: 'key',
            secret_key: secretKey,
            host: 'sandbox',
          });
          const after = (await world.request('GET', '/v1/connections?limit=100')).body.data.length;
          expect([made.status, made.body.error?.code]).not.toContain('internal_error');
          expect(made.status).not.toBe(500);
          expect(after - before).toBe(made.status === 201 ? 1 : 0);
          garble(world, [], tally);
          await world.quiet();
          await world.request('DELETE', `/v1/connections/${String(made.body.id)}`);
        }),
        thrown(STORIES * 2),
      );
      expect(await faults(world)).toEqual([]);
      await world.close();
    },
    timeoutMilliseconds(),
  );

  test(
    'an invoice is charged once, a refund given once, and the books agree with Stripe afterwards',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(instead, { minLength: 1, maxLength: ANSWERS_MAX }),
          fc.array(instead, { minLength: 1, maxLength: ANSWERS_MAX }),
          async (atCharge, atRefund) => {
            const world = await createWorld({ database });
            await world.connect(STRIPE_KEY);
            const story = new InvoiceStory(world);
            const customer = await story.customerWithCard('pm_card_visa');
            garble(world, atCharge, tally);
            const made = await story.makeInvoice(customer, 5_000);
            await recovered(world);
            const invoice = await story.get(`/v1/invoices/${String(made.id)}`);
            const taken = (await story.intents()).filter(({ status }) => status === 'succeeded');
            expect([invoice.payment_status, taken.length]).toEqual(['succeeded', 1]);
            const [payment] = (await story.payments(invoice)).filter(({ status }) => status === 'succeeded');
            garble(world, atRefund, tally);
            const asked = await world.request('POST', '/v1/refunds', { payment_id: payment?.id, amount: 1_000 });
            expect(asked.status).toBeLessThan(500);
            await recovered(world);
            const refunds = (await world.stripe(STRIPE_KEY).refunds.list({ limit: 100 })).data;
            expect(refunds.map(({ amount }) => amount)).toEqual(asked.status < 300 ? [1_000] : []);
            const check = (await world.request('GET', '/v1/ledger/check')).body;
            expect(check).toMatchObject({ holds: true, violations: [] });
            expect(await faults(world)).toEqual([]);
            await world.close();
          },
        ),
        thrown(STORIES),
      );
    },
    timeoutMilliseconds() * 2,
  );
});

/** Time enough for every repetition, and for Stripe to be asked about what was not answered. */
async function recovered(world: World): Promise<void> {
  await world.advance(2 * HOUR, 20 * MINUTE);
  await world.advance(48 * HOUR, 8 * HOUR);
}

/** What the worker could not do for a reason on our side. */
const faults = (world: World): Promise<unknown[]> =>
  world.context.db.query({
    text: "select kind, payload, last_error from jobs where last_error ->> 'code' = 'internal_error'",
  });
