import type Stripe from 'stripe';
import { invalidRequest } from '../../errors.js';
import { operation } from '../../operation.js';
import { isoTime } from '../../thin-event.js';
import type { RequestContext, Work } from '../../work.js';
import { clockOfCustomer, customers } from '../customers/customer.js';
import { counterOf, type MeterEventRecord, type MeterObject, meterEventRecords, meters } from './meter.js';

/** https://docs.stripe.com/api/billing/meter-event/create */
const pastSecondsMax = 35 * 24 * 60 * 60;
const futureSecondsMax = 5 * 60;
const identifierSeconds = 24 * 60 * 60;
const identifierLength = 32;
const digitsMax = 15;
/** Events are looked at together, by windows of this length; so are those of the examples of Stripe's documentation. */
const lookSeconds = 10;
const samplesMax = 5;

/** Stripe takes usage at once and looks at it later: only what it can see without its customer is refused here. */
export const createMeterEvent = operation<Stripe.Billing.MeterEventCreateParams>((context) => {
  const { params } = context;
  const meter = activeMeter(context, params.event_name);
  const identifier = freeIdentifier(context);
  const clock = clockOfUsage(context, meter, params.payload);
  const inItsTime = context.onClock(clock);
  const timestamp = timestampIn(inItsTime);
  context.put(meterEventRecords, {
    id: context.newId('mtrevt'),
    meter: meter.id,
    identifier,
    created: context.now,
    timestamp,
    payload: params.payload,
    status: 'waiting',
    _waitingFor: meter.id,
  });
  const { now } = inItsTime;
  inItsTime.schedule('meter.looks', lookOf(meter.id, clock), now - (now % lookSeconds) + lookSeconds);
  return {
    object: 'billing.meter_event',
    created: context.now,
    event_name: params.event_name,
    identifier,
    livemode: context.account.livemode,
    payload: params.payload,
    timestamp,
  };
});

/** Usage is in the time its customer lives in. */
const clockOfUsage = (work: Work, meter: MeterObject, payload: MeterEventRecord['payload']): string | null =>
  clockOfCustomer(work, payload[meter.customer_mapping.event_payload_key] ?? null);

/** Each time has its own looks, which see only what came in it. */
const lookOf = (meterId: string, clock: string | null): string => (clock === null ? meterId : `${meterId} ${clock}`);

/** As several callers report Stripe's words. */
const activeMeter = (work: Work, eventName: string): MeterObject => {
  const meter = work.where(meters, 'event_name', eventName).find((one) => one.status === 'active');
  if (meter !== undefined) return meter;
  throw invalidRequest(`No active meter found for event name "${eventName}".`, {
    code: 'resource_missing',
    param: 'event_name',
  });
};

type EventContext = RequestContext<Stripe.Billing.MeterEventCreateParams>;

/** Seen without a code in several callers' tests. */
const freeIdentifier = (context: EventContext): string => {
  const { identifier } = context.params;
  if (identifier === undefined || identifier === '') return context.newToken(identifierLength);
  const since = context.now - identifierSeconds;
  const isTaken = context.where(meterEventRecords, 'identifier', identifier).some((event) => event.created > since);
  if (!isTaken) return identifier;
  throw invalidRequest(`An event already exists with identifier ${identifier}.`);
};

const timestampIn = ({ now, params }: EventContext): number => {
  const { timestamp = now } = params;
  if (timestamp < now - pastSecondsMax) {
    throw invalidRequest('The timestamp must be within the past 35 calendar days.', { param: 'timestamp' });
  }
  if (timestamp <= now + futureSecondsMax) return timestamp;
  throw invalidRequest('The timestamp must not be more than 5 minutes in the future.', { param: 'timestamp' });
};

interface Mistake {
  readonly code: string;
  readonly message: string;
}

/** What waits of one meter is counted, or reported as mistaken in one thin event. */
export const lookAtMeterEvents = (work: Work, look: string): void => {
  const [meterId = ''] = look.split(' ');
  const meter = work.require(meters, meterId);
  const mistakes: { readonly event: MeterEventRecord; readonly mistake: Mistake }[] = [];
  for (const waiting of work.where(meterEventRecords, '_waitingFor', meterId)) {
    if (clockOfUsage(work, meter, waiting.payload) !== work.clockId) continue;
    const { _waitingFor: _meter, ...event } = waiting;
    const mistake = mistakeOf(work, meter, event);
    if (mistake === undefined) count(work, meter, event);
    else {
      work.put(meterEventRecords, { ...event, status: 'refused' });
      mistakes.push({ event, mistake });
    }
  }
  if (mistakes.length > 0) report(work, meter, mistakes);
};

const count = (work: Work, meter: MeterObject, event: MeterEventRecord): void => {
  const customer = event.payload[meter.customer_mapping.event_payload_key] ?? '';
  const value = Number(event.payload[meter.value_settings.event_payload_key] ?? 0);
  work.put(meterEventRecords, { ...event, status: 'counted', value, _counter: counterOf(meter.id, customer) });
};

/** The codes of https://docs.stripe.com/billing/subscriptions/usage-based/recording-usage-api */
const mistakeOf = (work: Work, meter: MeterObject, event: MeterEventRecord): Mistake | undefined => {
  if (meter.status !== 'active') return { code: 'archived_meter', message: `Meter ${meter.id} is not active.` };
  const customerKey = meter.customer_mapping.event_payload_key;
  const customer = event.payload[customerKey];
  if (customer === undefined || customer === '') {
    const message = `Customer mapping key ${customerKey} not found in payload.`;
    return { code: 'meter_event_no_customer_defined', message };
  }
  if (work.get(customers, customer) === undefined) {
    return { code: 'meter_event_customer_not_found', message: `No customer was found with the id ${customer}.` };
  }
  return meter.default_aggregation.formula === 'count' ? undefined : mistakenValue(meter, event);
};

const mistakenValue = (meter: MeterObject, event: MeterEventRecord): Mistake | undefined => {
  const key = meter.value_settings.event_payload_key;
  const value = event.payload[key];
  if (value === undefined)
    return { code: 'meter_event_value_not_found', message: `Value key ${key} not found in payload.` };
  if (!/^-?\d+$/.test(value)) {
    return { code: 'meter_event_invalid_value', message: `The value ${value} is not a whole number.` };
  }
  if (value.replace('-', '').length <= digitsMax) return undefined;
  return { code: 'meter_event_value_too_many_digits', message: `The value has more than ${digitsMax} digits.` };
};

const report = (
  work: Work,
  meter: MeterObject,
  mistakes: readonly { readonly event: MeterEventRecord; readonly mistake: Mistake }[],
): void => {
  const codes = [...new Set(mistakes.map(({ mistake }) => mistake.code))];
  const end = work.now;
  work.emitThin('v1.billing.meter.error_report_triggered', {
    related_object: { id: meter.id, type: 'billing.meter', url: `/v1/billing/meters/${meter.id}` },
    data: {
      developer_message_summary:
        mistakes.length === 1 ? 'There is 1 invalid event' : `There are ${mistakes.length} invalid events`,
      reason: {
        error_count: mistakes.length,
        error_types: codes.map((code) => {
          const ofCode = mistakes.filter(({ mistake }) => mistake.code === code);
          const samples = ofCode.slice(0, samplesMax).map(({ event, mistake }) => ({
            error_message: mistake.message,
            request: { identifier: event.identifier },
          }));
          return { code, error_count: ofCode.length, sample_errors: samples };
        }),
      },
      validation_end: isoTime(end),
      validation_start: isoTime(end - lookSeconds),
    },
  });
};

/** Takes back one event, within a day of its arrival; what was invoiced of it stays invoiced. */
export const createMeterEventAdjustment = operation<Stripe.Billing.MeterEventAdjustmentCreateParams>((context) => {
  const { cancel, event_name: eventName } = context.params;
  const identifier = cancel?.identifier;
  const param = 'cancel[identifier]';
  if (identifier === undefined || identifier === '') {
    throw invalidRequest(`Missing required param: ${param}.`, { code: 'parameter_missing', param });
  }
  const event = context
    .where(meterEventRecords, 'identifier', identifier)
    .findLast((one) => context.get(meters, one.meter)?.event_name === eventName);
  if (event === undefined || event.status === 'canceled') {
    throw invalidRequest(`No event found with identifier ${identifier} of ${eventName}.`, {
      code: 'resource_missing',
      param,
    });
  }
  if (event.created <= context.now - identifierSeconds) {
    throw invalidRequest('Events can only be canceled within 24 hours of their arrival.', { param });
  }
  const { _waitingFor: _meter, _counter, ...rest } = event;
  context.put(meterEventRecords, { ...rest, status: 'canceled' });
  return {
    object: 'billing.meter_event_adjustment',
    cancel: { identifier },
    event_name: eventName,
    livemode: context.account.livemode,
    status: 'pending',
    type: 'cancel',
  };
});
