import { MILLISECONDS_PER_HOUR, paymentMethodEvent } from '@tollbridge/core';
import { Changes } from '../changes.js';
import type { Context } from '../context.js';
import { businessNowIn } from '../customers/customer-mirror.js';
import { addDecided } from '../decided.js';
import { paymentMethodToJson } from '../json/payment-method.js';
import { commit } from '../store/commit.js';
import { findCustomer } from '../store/customers.js';
import { listCardsToAnnounce, paymentMethodsTable } from '../store/payment-methods.js';
import type { Schedule } from './schedule.js';

const BATCH_MAX = 100;
const BATCHES_MAX = 50;

/** Tells the host of cards that run out this month or the next, once for each card and expiry (CUS-6). */
export const announceExpiringCards: Schedule = {
  name: 'announce-expiring-cards',
  everyMilliseconds: MILLISECONDS_PER_HOUR,
  async tick(context) {
    for (let batch = 0; batch < BATCHES_MAX; batch++) if ((await announceBatch(context)) < BATCH_MAX) return;
  },
};

async function announceBatch(context: Context): Promise<number> {
  const methods = await listCardsToAnnounce(context.db, context.clock.machineNow(), BATCH_MAX);
  const changes = new Changes();
  for (const method of methods) {
    const customer = await findCustomer(context.db, method.environmentId, method.customerId);
    const announced = { ...method, expiryAnnouncedAt: await businessNowIn(context, method.environmentId) };
    changes.update(paymentMethodsTable, announced);
    const events = [paymentMethodEvent(method, 'payment_method.expiring')];
    addDecided(context, changes, method.environmentId, { postings: [], events }, () =>
      paymentMethodToJson(announced, customer?.defaultPaymentMethodId ?? null),
    );
  }
  await commit(context.db, changes, context.clock.machineNow());
  return methods.length;
}
