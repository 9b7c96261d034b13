import { announceExpiringCards } from './announce-expiring-cards.js';
import { checkConnections } from './check-connections.js';
import { collectDueInvoices } from './collect-due-invoices.js';
import { forgetOldConsents } from './forget-consents.js';
import { forgetIdempotencyKeys } from './forget-idempotency-keys.js';
import { pollStripeEvents } from './poll-stripe-events.js';
import { postBalances } from './post-balance-transactions.js';
import { resumeMoneyWork } from './resume-money-work.js';
import type { Schedule } from './schedule.js';
import { tellOverdueInvoices } from './tell-overdue-invoices.js';

/** Everything that happens because time passed. */
export const SCHEDULES: readonly Schedule[] = [
  pollStripeEvents,
  checkConnections,
  announceExpiringCards,
  collectDueInvoices,
  forgetIdempotencyKeys,
  forgetOldConsents,
  postBalances,
  resumeMoneyWork,
  tellOverdueInvoices,
];
