import { defineCollection, type StoredObject } from '../../collection.js';
import { invalidRequest } from '../../errors.js';
import type { Work } from '../../work.js';

/** How the account collects what was not paid; at Stripe a page of its Dashboard. Set by the control API. */
export interface CollectionSettings extends StoredObject {
  /** From one attempt to the next; as many retries as numbers. */
  readonly retryDelaysSeconds: readonly number[];
  /** What becomes of an invoice after the last of them. */
  readonly afterRetries: 'leave' | 'uncollectible';
  /** How long after its due date an invoice is told as overdue, and how long before it as due soon; null: never. */
  readonly overdueDays: number | null;
  readonly willBeDueDays: number | null;
  /** What becomes of a subscription after the last attempt at one of its invoices, if it is late still. */
  readonly subscriptionAfterRetries: 'cancel' | 'past_due' | 'unpaid';
  /** How long before it renews its next invoice is announced; null: never. */
  readonly upcomingDays: number | null;
}

export const collectionSettings = defineCollection<CollectionSettings>({ type: '_collection', prefix: 'collection' });

export const daySeconds = 24 * 60 * 60;
const recordId = 'collection';
const retriesMax = 30;
const daysMax = 365;

/**
 * Eight retries within two weeks, which is what Stripe advises; it chooses their times by what it knows of banks, so that
 * these are made up. Reminders are sent by automations that somebody has set up.
 * https://docs.stripe.com/billing/revenue-recovery/smart-retries
 */
const usual: CollectionSettings = {
  id: recordId,
  retryDelaysSeconds: [1, 1, 2, 2, 2, 2, 2, 2].map((days) => days * daySeconds),
  afterRetries: 'leave',
  overdueDays: null,
  willBeDueDays: null,
  subscriptionAfterRetries: 'cancel',
  upcomingDays: 7,
};

export const collectionOf = (work: Work): CollectionSettings => {
  const set = work.get(collectionSettings, recordId);
  // What an older journal kept has not all of it.
  return set === undefined ? usual : { ...usual, ...set };
};

/** From here on; what is scheduled already stays. Fields as in the control API. */
export const collectionSet = (work: Work, fields: Readonly<Record<string, unknown>>): CollectionSettings => {
  const before = collectionOf(work);
  const { retry_delays_seconds: delays, after_retries: after, overdue_days, will_be_due_days } = fields;
  const { subscription_after_retries: subscriptionAfter, upcoming_days } = fields;
  return work.put(collectionSettings, {
    id: recordId,
    retryDelaysSeconds: delays === undefined ? before.retryDelaysSeconds : delaysFrom(delays),
    afterRetries: after === undefined ? before.afterRetries : endingFrom(after),
    overdueDays: overdue_days === undefined ? before.overdueDays : daysFrom(overdue_days, 'overdue_days'),
    willBeDueDays:
      will_be_due_days === undefined ? before.willBeDueDays : daysFrom(will_be_due_days, 'will_be_due_days'),
    subscriptionAfterRetries:
      subscriptionAfter === undefined ? before.subscriptionAfterRetries : subscriptionEndingFrom(subscriptionAfter),
    upcomingDays: upcoming_days === undefined ? before.upcomingDays : daysFrom(upcoming_days, 'upcoming_days'),
  });
};

const delaysFrom = (given: unknown): number[] => {
  const isGood = Array.isArray(given) && given.length <= retriesMax && given.every((one) => isWhole(one) && one > 0);
  if (isGood) return given;
  throw invalidRequest(`At most ${retriesMax} delays in whole seconds above 0.`, { param: 'retry_delays_seconds' });
};

const endingFrom = (given: unknown): CollectionSettings['afterRetries'] => {
  if (given === 'leave' || given === 'uncollectible') return given;
  throw invalidRequest('One of leave, uncollectible.', { param: 'after_retries' });
};

const subscriptionEndingFrom = (given: unknown): CollectionSettings['subscriptionAfterRetries'] => {
  if (given === 'cancel' || given === 'past_due' || given === 'unpaid') return given;
  throw invalidRequest('One of cancel, past_due, unpaid.', { param: 'subscription_after_retries' });
};

const daysFrom = (given: unknown, param: string): number | null => {
  if (given === null || (isWhole(given) && given >= 0 && given <= daysMax)) return given;
  throw invalidRequest(`Whole days from 0 to ${daysMax}, or null.`, { param });
};

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value);
