import type Stripe from 'stripe';
import { emptyParameter, invalidRequest } from '../../errors.js';
import { operation, type Resource } from '../../operation.js';
import type { RequestContext, Work } from '../../work.js';
import { type MeterObject, meterEventRecords, meters } from './meter.js';
import { createMeterEvent, createMeterEventAdjustment, lookAtMeterEvents } from './meter-events.js';
import { listMeterEventSummaries } from './meter-summaries.js';

const createMeter = operation<Stripe.Billing.MeterCreateParams>((context) => {
  const { params } = context;
  if (params.display_name === '') throw emptyParameter('display_name');
  if (params.event_name === '') throw emptyParameter('event_name');
  requireFreeName(context, params.event_name);
  const meter: MeterObject = {
    id: context.newId(context.account.livemode ? 'mtr' : 'mtr_test'),
    object: 'billing.meter',
    created: context.now,
    customer_mapping: params.customer_mapping ?? { event_payload_key: 'stripe_customer_id', type: 'by_id' },
    default_aggregation: { formula: params.default_aggregation.formula },
    display_name: params.display_name,
    event_name: params.event_name,
    event_time_window: params.event_time_window ?? null,
    livemode: context.account.livemode,
    status: 'active',
    status_transitions: { deactivated_at: null },
    updated: context.now,
    value_settings: params.value_settings ?? { event_payload_key: 'value' },
  };
  context.put(meters, meter);
  context.emit('billing.meter.created', meter);
  return meter;
});

/** An event name leads to one meter: https://docs.stripe.com/billing/subscriptions/usage-based/meters/configure */
const requireFreeName = (work: Work, eventName: string): void => {
  const holder = work.where(meters, 'event_name', eventName).find((meter) => meter.status === 'active');
  if (holder === undefined) return;
  throw invalidRequest(`An active meter (${holder.id}) already uses the event name ${eventName}.`, {
    code: 'resource_already_exists',
    param: 'event_name',
  });
};

const inPath = <P>(context: RequestContext<P>): MeterObject => context.require(meters, context.path.meter ?? '');

const retrieveMeter = operation<Stripe.Billing.MeterRetrieveParams>((context) => inPath(context));

/** A meter that exists counts as it does: its name alone changes. */
const updateMeter = operation<Stripe.Billing.MeterUpdateParams>((context) => {
  const { display_name: name } = context.params;
  const before = inPath(context);
  if (name === '') throw emptyParameter('display_name');
  if (name === undefined || name === before.display_name) return before;
  const after = context.update(meters, before, { display_name: name, updated: context.now });
  context.emit('billing.meter.updated', after, before);
  return after;
});

const setStatus = (context: RequestContext<unknown>, status: 'active' | 'inactive'): MeterObject => {
  const before = inPath(context);
  if (before.status === status) throw invalidRequest(`Meter ${before.id} is ${status} already.`);
  if (status === 'active') requireFreeName(context, before.event_name);
  const after = context.update(meters, before, {
    status,
    status_transitions: { deactivated_at: status === 'inactive' ? context.now : null },
    updated: context.now,
  });
  context.emit(status === 'active' ? 'billing.meter.reactivated' : 'billing.meter.deactivated', after);
  return after;
};

const listMeters = operation<Stripe.Billing.MeterListParams>((context) => {
  const { status } = context.params;
  return context.list(meters, { filter: (meter) => status === undefined || meter.status === status });
});

export const metersResource: Resource = {
  collections: [meters, meterEventRecords],
  operations: {
    'POST /v1/billing/meters': createMeter,
    'GET /v1/billing/meters': listMeters,
    'GET /v1/billing/meters/:meter': retrieveMeter,
    'POST /v1/billing/meters/:meter': updateMeter,
    'POST /v1/billing/meters/:meter/deactivate': (context) => setStatus(context, 'inactive'),
    'POST /v1/billing/meters/:meter/reactivate': (context) => setStatus(context, 'active'),
    'GET /v1/billing/meters/:meter/event_summaries': listMeterEventSummaries,
    'POST /v1/billing/meter_events': createMeterEvent,
    'POST /v1/billing/meter_event_adjustments': createMeterEventAdjustment,
  },
  scheduled: { 'meter.looks': lookAtMeterEvents },
};
