import { markOverdue } from '@tollbridge/core';
import { Changes } from '../changes.js';
import { businessNow } from '../clock.js';
import { renderCollection } from '../collection/collection-events.js';
import { findHostedUrls } from '../collection/hosted-link.js';
import type { Context } from '../context.js';
import { addDecided } from '../decided.js';
import { commit } from '../store/commit.js';
import { VersionConflict } from '../store/database.js';
import { invoicesTable, listInvoicesOverdue } from '../store/invoices.js';
import { findEnvironments } from '../store/organizations.js';
import type { Schedule } from './schedule.js';

const EVERY_MILLISECONDS = 60_000;
const BATCH_MAX = 200;
/** What a tick leaves, the next one finds. */
const BATCHES_MAX = 25;

/** Tells the host of invoices whose due moment has passed by the clock of their environment, once each (INV-12). */
export const tellOverdueInvoices: Schedule = {
  name: 'tell-overdue-invoices',
  everyMilliseconds: EVERY_MILLISECONDS,
  async tick(context) {
    for (let batch = 0; batch < BATCHES_MAX; batch++) if ((await tellBatch(context)) < BATCH_MAX) return;
  },
};

async function tellBatch(context: Context): Promise<number> {
  const machineNow = context.clock.machineNow();
  const invoices = await listInvoicesOverdue(context.db, machineNow, BATCH_MAX);
  if (invoices.length === 0) return 0;
  const environmentIds = invoices.map(({ environmentId }) => environmentId);
  const environments = await findEnvironments(context.db, environmentIds);
  const paymentLinks = await findHostedUrls(context, invoices);
  const changes = new Changes();
  for (const invoice of invoices) {
    const environment = environments.get(invoice.environmentId);
    const decided = environment === undefined ? null : markOverdue(invoice, businessNow(context.clock, environment));
    if (decided === null) continue;
    changes.update(invoicesTable, decided.invoice);
    const paymentLink = paymentLinks.get(invoice.id) ?? null;
    const render = renderCollection({ invoice: decided.invoice, payment: null, paymentLink });
    addDecided(context, changes, invoice.environmentId, { postings: [], events: decided.events }, render);
  }
  if (changes.isEmpty) return 0;
  try {
    await commit(context.db, changes, machineNow);
  } catch (error) {
    // One of them was paid or changed at this moment; the next tick finds the others.
    if (!(error instanceof VersionConflict)) throw error;
    return 0;
  }
  return invoices.length;
}
