import { type Body, createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { InvoiceStory } from '../test/invoice-story.js';
import { JOB_HANDLERS } from './effects/index.js';
import type { JobHandler } from './jobs/handlers.js';
import { untilNoneUnderWay } from './jobs/jobs-under-way.js';
import { registerJobHandlers } from './jobs/run-job.js';
import { INLINE_WAIT_MILLISECONDS } from './perform.js';

interface Hanging {
  readonly handler: JobHandler;
  /** The leases it was begun under. */
  readonly begun: Set<string>;
  goOn(): void;
}

/** A handler that goes no further than its first step until it is let go on. */
function hanging(kind: string): Hanging {
  let goOn = () => {};
  const gate = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const begun = new Set<string>();
  return {
    begun,
    goOn: () => goOn(),
    handler: async (context, job) => {
      begun.add(job.leaseToken);
      await gate;
      const handler = JOB_HANDLERS.get(kind);
      if (handler === undefined) throw new Error(`nobody does ${kind}`);
      return handler(context, job);
    },
  };
}

describe.each(testDatabases())('doing a job while a person waits, on %s', (database) => {
  let world: World;
  let connection: Body;
  beforeEach(async () => {
    world = await createWorld({ database });
    connection = await world.connect();
  });
  afterEach(async () => {
    registerJobHandlers(JOB_HANDLERS);
    await world.close();
  });

  const hang = (kind: string) => {
    const held = hanging(kind);
    registerJobHandlers(new Map([...JOB_HANDLERS, [kind, held.handler]]));
    return held;
  };
  const check = (idempotencyKey: string) =>
    world.request('POST', `/v1/connections/${String(connection.id)}/check`, undefined, { idempotencyKey });
  const livingJobs = async (kind: string) =>
    world.context.db.query({ text: 'select attempts, lease_token from jobs where kind = $1', values: [kind] });
  const elapsed = async <T>(work: () => Promise<T>): Promise<{ answer: T; milliseconds: number }> => {
    const from = world.clock.machineNow();
    const answer = await work();
    return { answer, milliseconds: world.clock.machineNow() - from };
  };

  test('whoever waits is answered at once when the work ends, and no time passes', async () => {
    const { answer, milliseconds } = await elapsed(() => check('key-1'));
    expect([answer.status, milliseconds]).toEqual([200, 0]);
  });

  test('a job that hangs is answered with 202 after ten seconds, and its outcome is committed later, once', async () => {
    const held = hang('check_connection');
    const { answer, milliseconds } = await elapsed(() => check('key-1'));
    expect([answer.status, milliseconds]).toEqual([202, INLINE_WAIT_MILLISECONDS]);
    expect(await livingJobs('check_connection')).toMatchObject([{ attempts: 1 }]);
    held.goOn();
    await world.quiet();
    expect(await livingJobs('check_connection')).toEqual([]);
    expect([(await check('key-1')).status, held.begun.size]).toEqual([200, 1]);
  });

  test('the same request, sent again while its job is under way, waits for that one and starts no second', async () => {
    const held = hang('check_connection');
    expect((await check('key-1')).status).toBe(202);
    const { answer, milliseconds } = await elapsed(() => check('key-1'));
    expect([answer.status, milliseconds, held.begun.size]).toEqual([202, INLINE_WAIT_MILLISECONDS, 1]);
    held.goOn();
    await world.quiet();
  });

  test('several jobs of one request share its ten seconds, and what was not begun is the workers’ at once', async () => {
    const story = new InvoiceStory(world);
    const customer = await world.request('POST', '/v1/customers', { external_id: 'u_1' });
    const invoice = await story.invoice(customer.body, 1_000);
    const held = hang('create_stripe_customer');
    const path = `/v1/invoices/${String(invoice.id)}/payment_session`;
    const { answer, milliseconds } = await elapsed(() => world.request('POST', path, {}));
    expect([answer.status, milliseconds]).toEqual([202, INLINE_WAIT_MILLISECONDS]);
    expect(await livingJobs('carry_out_payment')).toEqual([{ attempts: 0, lease_token: null }]);
    held.goOn();
    // A worker that is faster than the twin finds no customer to open the page for, and comes again.
    await world.quiet();
    await world.advance(10_000, 1_000);
    const [payment] = await story.payments(invoice);
    expect(payment).toMatchObject({ status: 'awaiting_payer' });
  });

  test('a process that ends waits for what a request left in the background', async () => {
    const held = hang('check_connection');
    await check('key-1');
    const { underWay, clock } = world.context;
    let isOver = false;
    const ending = untilNoneUnderWay(underWay, clock, 15_000).then(() => {
      isOver = true;
    });
    world.clock.advance(14_000);
    await Promise.resolve();
    expect([isOver, underWay.held.length]).toEqual([false, 1]);
    held.goOn();
    await world.quiet();
    world.clock.advance(20);
    await ending;
    expect([underWay.held.length, await livingJobs('check_connection')]).toEqual([0, []]);
  });
});
