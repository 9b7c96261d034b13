import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RunningSandbox, runSandbox, startReceiver } from '../../testing/running-sandbox.js';

let sandbox: RunningSandbox;
let stripe: Stripe;
let key = '';
let keys = 0;
let customer = '';

/** 1 March 2027, 09:00 UTC. */
const morning = Date.UTC(2027, 2, 1, 9) / 1000;
const hour = 3600;
const day = 24 * hour;

beforeAll(async () => {
  sandbox = await runSandbox({ now: () => Date.UTC(2027, 0, 1) });
});
beforeEach(async () => {
  keys += 1;
  key = `sk_test_meters${keys}`;
  stripe = sandbox.stripe(key);
  ({ id: customer } = await stripe.customers.create());
  await sandbox.control('POST', 'clock', { key, mode: 'manual', now: morning });
});
afterAll(() => sandbox.close());
afterEach(() => expect(sandbox.contractMisfits()).toEqual([]));

const later = (seconds: number): Promise<unknown> =>
  sandbox.control('POST', 'clock', { key, advance_seconds: seconds });
const meterOf = (params: Partial<Stripe.Billing.MeterCreateParams> = {}): Promise<Stripe.Billing.Meter> =>
  stripe.billing.meters.create({
    display_name: 'Calls',
    event_name: 'call',
    default_aggregation: { formula: 'sum' },
    ...params,
  });
const use = (value: string, params: Partial<Stripe.Billing.MeterEventCreateParams> = {}) =>
  stripe.billing.meterEvents.create({
    event_name: 'call',
    payload: { stripe_customer_id: customer, value },
    ...params,
  });
const summaries = (meter: string, params: Partial<Stripe.Billing.MeterListEventSummariesParams> = {}) =>
  stripe.billing.meters.listEventSummaries(meter, {
    customer,
    start_time: morning - day,
    end_time: morning + day,
    ...params,
  });
const totalOf = async (meter: string): Promise<number | undefined> =>
  (await summaries(meter)).data[0]?.aggregated_value;

describe('meters', () => {
  it('a meter is made, renamed, switched off and on again, and each is told', async () => {
    const meter = await meterOf();
    expect(meter).toMatchObject({
      status: 'active',
      customer_mapping: { event_payload_key: 'stripe_customer_id', type: 'by_id' },
      value_settings: { event_payload_key: 'value' },
      event_time_window: null,
    });
    await later(60);
    expect(await stripe.billing.meters.update(meter.id, { display_name: 'Voice' })).toMatchObject({
      display_name: 'Voice',
      updated: morning + 60,
    });
    const off = await stripe.billing.meters.deactivate(meter.id);
    expect(off).toMatchObject({ status: 'inactive', status_transitions: { deactivated_at: morning + 60 } });
    await expect(stripe.billing.meters.deactivate(meter.id)).rejects.toMatchObject({ statusCode: 400 });
    expect((await stripe.billing.meters.list({ status: 'active' })).data).toEqual([]);
    expect((await stripe.billing.meters.reactivate(meter.id)).status_transitions.deactivated_at).toBeNull();
    expect((await stripe.billing.meters.retrieve(meter.id)).status).toBe('active');
    const types = (await stripe.events.list({ limit: 4 })).data.map((event) => event.type).reverse();
    expect(types).toEqual([
      'billing.meter.created',
      'billing.meter.updated',
      'billing.meter.deactivated',
      'billing.meter.reactivated',
    ]);
  });

  it('a price is metered by a meter that is there', async () => {
    const product = await stripe.products.create({ name: 'Calls' });
    const price = (meter: string) =>
      stripe.prices.create({
        currency: 'usd',
        product: product.id,
        unit_amount: 5,
        recurring: { interval: 'month', usage_type: 'metered', meter },
      });
    const { id } = await meterOf();
    expect((await price(id)).recurring).toMatchObject({ meter: id, usage_type: 'metered' });
    await expect(price('mtr_x')).rejects.toMatchObject({ code: 'resource_missing', param: 'recurring[meter]' });
  });

  it('an event name leads to one active meter', async () => {
    const first = await meterOf();
    await expect(meterOf()).rejects.toMatchObject({
      statusCode: 400,
      type: 'StripeInvalidRequestError',
      param: 'event_name',
    });
    await stripe.billing.meters.deactivate(first.id);
    await meterOf();
    await expect(stripe.billing.meters.reactivate(first.id)).rejects.toMatchObject({ param: 'event_name' });
  });
});

describe('usage', () => {
  it('counts once it was looked at, and for its customer alone', async () => {
    const meter = await meterOf();
    const event = await use('25', { identifier: 'one' });
    expect(event).toMatchObject({
      object: 'billing.meter_event',
      identifier: 'one',
      timestamp: morning,
      payload: { value: '25' },
    });
    await use('10');
    expect(await totalOf(meter.id)).toBeUndefined();
    await later(10);
    expect(await totalOf(meter.id)).toBe(35);
    await use('-5');
    await later(10);
    expect(await totalOf(meter.id)).toBe(30);
    const { id: other } = await stripe.customers.create();
    expect((await summaries(meter.id, { customer: other })).data).toEqual([]);
  });

  it('is added up by the meter’s own keys and formula', async () => {
    const settings = {
      event_name: 'seats',
      customer_mapping: { event_payload_key: 'who', type: 'by_id' as const },
      value_settings: { event_payload_key: 'seats' },
    };
    const meter = await meterOf({ ...settings, default_aggregation: { formula: 'last' } });
    const seats = (value: string, timestamp: number) =>
      stripe.billing.meterEvents.create({ event_name: 'seats', payload: { who: customer, seats: value }, timestamp });
    await seats('7', morning);
    await seats('3', morning - hour);
    await later(10);
    expect(await totalOf(meter.id)).toBe(7);
  });

  it('an identifier is taken for 24 hours', async () => {
    const meter = await meterOf();
    await use('1', { identifier: 'same' });
    await expect(use('1', { identifier: 'same' })).rejects.toMatchObject({
      statusCode: 400,
      message: 'An event already exists with identifier same.',
    });
    await later(day);
    await use('1', { identifier: 'same' });
    await later(10);
    expect((await summaries(meter.id, { end_time: morning + 2 * day })).data[0]?.aggregated_value).toBe(2);
  });

  it.each([
    { name: 'more than 35 days ago', params: { timestamp: morning - 35 * day - 1 }, param: 'timestamp' },
    { name: 'more than 5 minutes ahead', params: { timestamp: morning + 301 }, param: 'timestamp' },
    { name: 'a name no active meter has', params: { event_name: 'other' }, param: 'event_name' },
    { name: 'a long identifier', params: { identifier: 'x'.repeat(101) }, param: 'identifier' },
  ])('is refused at once: $name', async ({ params, param }) => {
    await meterOf();
    await expect(use('1', params)).rejects.toMatchObject({ statusCode: 400, param });
  });

  it('35 days ago and 5 minutes ahead are still taken', async () => {
    const meter = await meterOf();
    await use('1', { timestamp: morning - 35 * day });
    await use('2', { timestamp: morning + 300 });
    await later(10);
    expect((await summaries(meter.id, { start_time: morning - 35 * day })).data[0]?.aggregated_value).toBe(3);
  });

  it('an event is taken back within a day, before or after it was counted, and once', async () => {
    const meter = await meterOf();
    const cancel = (identifier: string) =>
      stripe.billing.meterEventAdjustments.create({ event_name: 'call', type: 'cancel', cancel: { identifier } });
    for (const identifier of ['early', 'late', 'kept']) await use('10', { identifier });
    expect(await cancel('early')).toMatchObject({ status: 'pending', cancel: { identifier: 'early' }, type: 'cancel' });
    await later(10);
    await cancel('late');
    expect(await totalOf(meter.id)).toBe(10);
    await expect(cancel('late')).rejects.toMatchObject({ statusCode: 400, param: 'cancel[identifier]' });
    await expect(cancel('never')).rejects.toMatchObject({ statusCode: 400, param: 'cancel[identifier]' });
    await later(day);
    await expect(cancel('kept')).rejects.toMatchObject({ statusCode: 400, param: 'cancel[identifier]' });
  });
});

it('usage that waits when the sandbox is stopped counts after it started again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sandbox-meter-'));
  try {
    const settings = { now: () => Date.UTC(2027, 0, 1), dataFolder: folder };
    const first = await runSandbox(settings);
    const before = first.stripe('sk_test_restarted');
    await first.control('POST', 'clock', { key: 'sk_test_restarted', mode: 'manual', now: morning });
    const { id: payer } = await before.customers.create();
    const meter = await before.billing.meters.create({
      display_name: 'Calls',
      event_name: 'call',
      default_aggregation: { formula: 'sum' },
    });
    await before.billing.meterEvents.create({ event_name: 'call', payload: { stripe_customer_id: payer, value: '4' } });
    await first.close();
    const second = await runSandbox({ ...settings, seed: 2 });
    await second.control('POST', 'clock', { key: 'sk_test_restarted', advance_seconds: 10 });
    const period = { customer: payer, start_time: morning, end_time: morning + hour };
    const after = await second.stripe('sk_test_restarted').billing.meters.listEventSummaries(meter.id, period);
    expect(after.data).toMatchObject([{ aggregated_value: 4 }]);
    expect(second.contractMisfits()).toEqual([]);
    await second.close();
  } finally {
    await rm(folder, { recursive: true });
  }
});

describe('summaries', () => {
  it('by hour and by day, newest first, without those that have no usage, and page by page', async () => {
    const meter = await meterOf();
    for (const [value, timestamp] of [
      ['1', morning - 20 * hour],
      ['2', morning - 3 * hour + 5],
      ['3', morning - 3 * hour + 50],
      ['4', morning],
    ] as const)
      await use(value, { timestamp });
    await later(10);
    const hourly = await summaries(meter.id, { value_grouping_window: 'hour' });
    expect(hourly.data.map((one) => [one.start_time, one.end_time, one.aggregated_value])).toEqual([
      [morning, morning + hour, 4],
      [morning - 3 * hour, morning - 2 * hour, 5],
      [morning - 20 * hour, morning - 19 * hour, 1],
    ]);
    const midnight = morning - 9 * hour;
    const daily = await summaries(meter.id, {
      value_grouping_window: 'day',
      start_time: midnight - day,
      end_time: midnight + day,
    });
    expect(daily.data.map((one) => [one.start_time, one.aggregated_value])).toEqual([
      [midnight, 9],
      [midnight - day, 1],
    ]);
    const first = await summaries(meter.id, { value_grouping_window: 'hour', limit: 2 });
    expect([first.data.length, first.has_more]).toEqual([2, true]);
    const rest = await summaries(meter.id, { value_grouping_window: 'hour', starting_after: first.data[1]?.id ?? '' });
    expect([rest.data.map((one) => one.aggregated_value), rest.has_more]).toEqual([[1], false]);
    const back = await summaries(meter.id, { value_grouping_window: 'hour', ending_before: rest.data[0]?.id ?? '' });
    expect(back.data).toEqual(first.data);
  });

  it('the end is not part of them', async () => {
    const meter = await meterOf();
    await use('1', { timestamp: morning - 60 });
    await use('2', { timestamp: morning });
    await later(10);
    const until = await summaries(meter.id, { start_time: morning - 60, end_time: morning });
    expect(until.data).toMatchObject([{ aggregated_value: 1, start_time: morning - 60, end_time: morning }]);
  });

  it.each([
    { name: 'a second within a minute', params: { start_time: morning + 1 }, param: 'start_time' },
    {
      name: 'half an hour by hours',
      params: { end_time: morning + 1800, value_grouping_window: 'hour' },
      param: 'end_time',
    },
    { name: 'a morning by days', params: { start_time: morning, value_grouping_window: 'day' }, param: 'start_time' },
    { name: 'an end before its start', params: { start_time: morning, end_time: morning - 60 }, param: 'end_time' },
    { name: 'nobody', params: { customer: 'cus_x' }, param: 'customer' },
    { name: 'a cursor that is none', params: { starting_after: 'mtrusg_x' }, param: 'starting_after' },
  ] as const)('are refused: $name', async ({ params, param }) => {
    const meter = await meterOf();
    await expect(summaries(meter.id, params)).rejects.toMatchObject({ statusCode: 400, param });
  });
});

describe('behaviour 29: mistaken usage is reported by a thin event', () => {
  it('one for all that a meter could not count in ten seconds, by kind, with samples', async () => {
    const receiver = await startReceiver();
    try {
      const destination = await stripe.v2.core.eventDestinations.create({
        name: 'Meters',
        type: 'webhook_endpoint',
        event_payload: 'thin',
        enabled_events: ['v1.billing.meter.error_report_triggered'],
        webhook_endpoint: { url: receiver.url },
        include: ['webhook_endpoint.signing_secret'],
      });
      const meter = await meterOf();
      await use('1', { payload: { value: '1' }, identifier: 'a' });
      await use('1', { payload: { value: '1' }, identifier: 'b' });
      await use('1.5', { identifier: 'c' });
      await use('1', { payload: { stripe_customer_id: 'cus_gone', value: '1' } });
      await use('1', { payload: { stripe_customer_id: customer } });
      await use('1234567890123456');
      await use('8');
      await later(10);
      const [{ body, signature } = { body: '', signature: '' }] = await receiver.arrived(1);
      const notification = stripe.parseEventNotification(
        body,
        signature,
        destination.webhook_endpoint?.signing_secret ?? '',
      );
      if (notification.type !== 'v1.billing.meter.error_report_triggered')
        throw new Error(`It is a ${notification.type}.`);
      expect(JSON.parse(body).data).toBeUndefined();
      expect(await notification.fetchRelatedObject()).toMatchObject({ id: meter.id });
      const { data } = await notification.fetchEvent();
      expect(data).toMatchObject({
        developer_message_summary: 'There are 6 invalid events',
        validation_start: '2027-03-01T09:00:00.000Z',
        validation_end: '2027-03-01T09:00:10.000Z',
      });
      expect(data.reason.error_types.map((one) => [one.code, one.error_count])).toEqual([
        ['meter_event_no_customer_defined', 2],
        ['meter_event_invalid_value', 1],
        ['meter_event_customer_not_found', 1],
        ['meter_event_value_not_found', 1],
        ['meter_event_value_too_many_digits', 1],
      ]);
      expect(data.reason.error_types[0]?.sample_errors).toEqual([
        {
          error_message: 'Customer mapping key stripe_customer_id not found in payload.',
          request: { identifier: 'a' },
        },
        {
          error_message: 'Customer mapping key stripe_customer_id not found in payload.',
          request: { identifier: 'b' },
        },
      ]);
      expect(await totalOf(meter.id)).toBe(8);
      await use('1');
      await stripe.billing.meters.deactivate(meter.id);
      await later(10);
      const received = await receiver.arrived(2);
      const id = JSON.parse(received[1]?.body ?? '{}').id;
      expect(await stripe.v2.core.events.retrieve(id)).toMatchObject({
        data: { reason: { error_types: [{ code: 'archived_meter' }] } },
      });
    } finally {
      await receiver.close();
    }
  });
});
