import type Stripe from 'stripe';
import { dueRecords } from '../../account.js';
import { invalidRequest } from '../../errors.js';
import { operation, type Resource } from '../../operation.js';
import { periodEndAfter, type Recurrence } from '../../subscriptions/billing-period.js';
import { isOver, subscriptions } from '../../subscriptions/subscription.js';
import { advancementUnderway, type TestClockObject, testClocks } from '../../test-clock.js';
import type { RequestContext, Work } from '../../work.js';
import { customers } from '../customers/customer.js';
import { removeCustomer, requireRoomOnClock } from '../customers/customers.js';
import { invoiceItems } from '../invoice-items/invoice-item.js';
import { invoices } from '../invoices/invoice.js';
import { wholeNumber } from '../whole-number.js';

const daySeconds = 24 * 60 * 60;
/** Thirty days lie between the two times in recordings. */
const clockLifeSeconds = 30 * daySeconds;
/** https://docs.stripe.com/api/test_clocks/advance: for a clock without subscriptions, else two of their shortest intervals. */
const advanceSecondsMax = 2 * 366 * daySeconds;
const intervalsMax = 2;

/** Until when a clock may be moved at once. */
const latestOf = (work: Work, clock: TestClockObject): number =>
  work
    .where(subscriptions, 'test_clock', clock.id)
    .filter((one) => !isOver(one))
    .flatMap((one) => one._items.map((item) => intervalsLater(item._recurrence, clock.frozen_time)))
    .reduce((least, time) => Math.min(least, time), clock.frozen_time + advanceSecondsMax);

const intervalsLater = (recurrence: Recurrence, from: number): number => {
  let time = from;
  for (let interval = 0; interval < intervalsMax; interval += 1) time = periodEndAfter(from, recurrence, time);
  return time;
};

const createTestClock = operation<Stripe.TestHelpers.TestClockCreateParams>((context) => {
  const { params } = context;
  if (context.account.livemode) throw invalidRequest('Test clocks exist in test mode only.');
  const clock: TestClockObject = context.put(testClocks, {
    id: context.newId('clock'),
    object: 'test_helpers.test_clock',
    created: context.now,
    deletes_after: context.now + clockLifeSeconds,
    frozen_time: wholeNumber(params.frozen_time, 'frozen_time', 0),
    livemode: false,
    name: params.name ?? null,
    status: 'ready',
    status_details: {},
  });
  if (params.customer !== undefined) moveOnto(context, params.customer, clock.id);
  context.schedule('test_clock.deletes', clock.id, clock.deletes_after);
  context.emit('test_helpers.test_clock.created', clock);
  return clock;
});

/** Once on a clock, a customer stays there. */
const moveOnto = (work: Work, customerId: string, clockId: string): void => {
  const customer = work.require(customers, customerId, 'customer');
  if (customer.test_clock !== null) {
    throw invalidRequest(`Customer ${customerId} is attached to a test clock already.`, { param: 'customer' });
  }
  requireRoomOnClock(work, clockId);
  work.update(customers, customer, { test_clock: clockId });
};

const inPath = <P>(context: RequestContext<P>): TestClockObject =>
  context.require(testClocks, context.path.test_clock ?? '');

const retrieveTestClock = operation<Stripe.TestHelpers.TestClockRetrieveParams>((context) => inPath(context));

const listTestClocks = operation<Stripe.TestHelpers.TestClockListParams>((context) => context.list(testClocks));

/** Only begins to advance: the account's ticks do the rest (clock-advance.ts). */
const advanceTestClock = operation<Stripe.TestHelpers.TestClockAdvanceParams>((context) => {
  const clock = inPath(context);
  const target = wholeNumber(context.params.frozen_time, 'frozen_time', 0);
  if (clock.status === 'advancing') throw advancementUnderway();
  if (clock.status !== 'ready') throw invalidRequest('This test clock failed to advance and can only be deleted.');
  if (target <= clock.frozen_time) {
    throw invalidRequest("`frozen_time` must be after the test clock's current frozen time.", { param: 'frozen_time' });
  }
  if (target > latestOf(context, clock)) {
    throw invalidRequest(
      'Cannot advance the test clock more than two years without a subscription, nor more than two intervals of the shortest one.',
      { param: 'frozen_time' },
    );
  }
  const advancing = context.update(testClocks, clock, {
    status: 'advancing',
    status_details: { advancing: { target_frozen_time: target } },
  });
  context.emit('test_helpers.test_clock.advancing', advancing);
  return advancing;
});

const deleteTestClock = operation<Stripe.TestHelpers.TestClockDeleteParams>((context) => {
  const clock = inPath(context);
  if (clock.status === 'advancing') throw advancementUnderway();
  return removeClock(context, clock);
});

/** The clock, its customers and what they were billed, and whatever still waits for its time. */
const removeClock = (work: Work, clock: TestClockObject) => {
  for (const customer of work.where(customers, 'test_clock', clock.id)) {
    for (const invoice of work.where(invoices, 'customer', customer.id)) work.remove(invoices, invoice.id);
    for (const item of work.where(invoiceItems, 'customer', customer.id)) work.remove(invoiceItems, item.id);
    removeCustomer(work, customer);
    for (const one of work.where(subscriptions, 'customer', customer.id)) work.remove(subscriptions, one.id);
  }
  for (const due of work.where(dueRecords, 'clock', clock.id)) work.unschedule(due.kind, due.objectId);
  const stub = work.remove(testClocks, clock.id);
  work.emit('test_helpers.test_clock.deleted', clock);
  return stub;
};

export const testClocksResource: Resource = {
  collections: [testClocks],
  operations: {
    'POST /v1/test_helpers/test_clocks': createTestClock,
    'GET /v1/test_helpers/test_clocks': listTestClocks,
    'GET /v1/test_helpers/test_clocks/:test_clock': retrieveTestClock,
    'POST /v1/test_helpers/test_clocks/:test_clock/advance': advanceTestClock,
    'DELETE /v1/test_helpers/test_clocks/:test_clock': deleteTestClock,
  },
  scheduled: {
    'test_clock.deletes': (work, id) => {
      const clock = work.get(testClocks, id);
      if (clock !== undefined) removeClock(work, clock);
    },
  },
};
