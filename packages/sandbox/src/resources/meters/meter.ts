import type Stripe from 'stripe';
import { defineCollection, type StoredObject } from '../../collection.js';

export type MeterObject = Stripe.Billing.Meter;

export const meters = defineCollection<MeterObject>({
  type: 'billing.meter',
  prefix: 'mtr_test',
  label: 'meter',
  path: (meter) => `/v1/billing/meters/${meter.id}`,
  indexes: ['event_name'],
});

/** One report of usage. Stripe shows it once, when it is made, and counts it when it was looked at. */
export interface MeterEventRecord extends StoredObject {
  readonly meter: string;
  readonly identifier: string;
  readonly created: number;
  /** Seconds since 1970: when the usage was. */
  readonly timestamp: number;
  readonly payload: Readonly<Record<string, string>>;
  /** `waiting` until it is looked at, then counted or not; a canceled one counts no more. */
  readonly status: 'canceled' | 'counted' | 'refused' | 'waiting';
  /** The meter whose look it waits for. */
  readonly _waitingFor?: string;
  /** Meter and customer, once it counts. */
  readonly _counter?: string;
  /** What it adds, in the formula's terms; 0 where only the number of events counts. */
  readonly value?: number;
}

export const meterEventRecords = defineCollection<MeterEventRecord>({
  type: '_meter_event',
  prefix: 'mtrevt',
  indexes: ['identifier', '_counter', '_waitingFor'],
});

export const counterOf = (meterId: string, customerId: string): string => `${meterId} ${customerId}`;
