import { type BalanceTransactionFact, balanceTransactionPosted, ok, type Result } from '@tollbridge/core';
import { Changes } from '../changes.js';
import { findStampedPayment } from '../collection/stamped-payment.js';
import { postBalanceJob } from '../connections/balance-jobs.js';
import { passingResult, usableForJob } from '../connections/stripe-job.js';
import type { Context } from '../context.js';
import type { JobHandler } from '../jobs/handlers.js';
import {
  type BalanceCursor,
  balanceCursorsTable,
  balanceTransactionsTable,
  findKnownIntents,
  findPostedBalanceTransactions,
} from '../store/balance-transactions.js';
import { findConnectionWithCursor } from '../store/connection-cursors.js';
import type { ConnectionWithAccess } from '../store/connections.js';
import { type BalanceEntry, type BalancePage, listBalanceEntries } from '../stripe/balance-transactions.js';
import type { StripeFailure } from '../stripe/gateway.js';
import { retrievePaymentIntent } from '../stripe/payment-intents.js';

/** Stripe lists by the second in which a transaction was made; one of the same second may show up after the others. */
const OVERLAP_SECONDS = 300n;

/**
 * Enters one page of Stripe's balance transactions in the books, each once by its id, and goes on with the next page as a
 * job of its own. A pass reads from the newest back to where the last pass began; what comes meanwhile is the next one's.
 */
export const postBalanceTransactions: JobHandler = async (context, job) => {
  const asked = { environmentId: job.environmentId, id: String(job.payload.connectionId) };
  const found = usableForJob(await findConnectionWithCursor(context, asked, balanceCursorsTable));
  if (!found.ok) return found.error;
  const connected = found.value;
  const { cursor } = connected;
  const page = await listBalanceEntries(context.stripe, connected.access, {
    notBefore: atLeastZero((cursor?.seenUntil ?? 0n) - OVERLAP_SECONDS),
    after: cursor?.passPageAfter ?? null,
  });
  const posting = page.ok ? await postPage(context, connected, page.value) : page;
  if (!page.ok || !posting.ok) {
    const failure = page.ok ? (posting as { readonly error: StripeFailure }).error : page.error;
    const { code, kind, message } = failure;
    return (
      passingResult(context, job, { failure, connected }) ?? { kind: 'give_up', error: { code: code ?? kind, message } }
    );
  }
  const changes = posting.value;
  moveCursor(context, changes, { connected, cursor, page: page.value });
  if (page.value.nextAfter !== null) changes.enqueue(postBalanceJob(context, connected.connection));
  return { kind: 'done', changes };
};

async function postPage(
  context: Context,
  connected: ConnectionWithAccess,
  page: BalancePage,
): Promise<Result<Changes, StripeFailure>> {
  const { environmentId, id: connectionId } = connected.connection;
  const changes = new Changes();
  const stripeIds = page.entries.map((entry) => entry.id);
  const posted = await findPostedBalanceTransactions(context.db, environmentId, { connectionId, stripeIds });
  const fresh = page.entries.filter((entry) => !posted.has(entry.id));
  const intentIds = fresh.map((entry) => entry.source?.paymentIntentId ?? null).filter((id) => id !== null);
  const ours = new Set(await findKnownIntents(context.db, environmentId, { connectionId, intentIds }));
  // Oldest first, as they happened.
  for (const entry of fresh.toReversed()) {
    const isOurs = await isAboutOurs(context, connected, { entry, ours });
    if (!isOurs.ok) return isOurs;
    postEntry(context, changes, { connected, entry, attributed: isOurs.value ? 'ours' : 'foreign' });
  }
  return ok(changes);
}

interface Attribution {
  readonly entry: BalanceEntry;
  /** The intents that are known to be ours; grows. */
  readonly ours: Set<string>;
}

/**
 * A payment of ours is known by its intent. While its outcome is not known to us, the intent's stamp tells, which Stripe
 * copies to the charge; a refund or a dispute leads to it by way of the intent.
 */
async function isAboutOurs(
  context: Context,
  connected: ConnectionWithAccess,
  { entry, ours }: Attribution,
): Promise<Result<boolean, StripeFailure>> {
  const { source } = entry;
  const intentId = source?.paymentIntentId ?? null;
  if (source === null || intentId === null) return ok(false);
  if (ours.has(intentId)) return ok(true);
  let { metadata } = source;
  if (source.kind !== 'charge') {
    const intent = await retrievePaymentIntent(context.stripe, connected.access, intentId);
    if (!intent.ok) return intent.error.kind === 'missing' ? ok(false) : intent;
    metadata = intent.value.metadata;
  }
  const { environmentId, id: connectionId } = connected.connection;
  const payment = await findStampedPayment(context, { environmentId, connectionId, intentId, metadata });
  const isOurs = payment !== null;
  if (isOurs) ours.add(intentId);
  return ok(isOurs);
}

function postEntry(
  context: Context,
  changes: Changes,
  of: {
    readonly connected: ConnectionWithAccess;
    readonly entry: BalanceEntry;
    readonly attributed: 'ours' | 'foreign';
  },
): void {
  const { connected, entry, attributed } = of;
  const { environmentId, id: connectionId } = connected.connection;
  const { id, type, currency, amountMinor, feeMinor, occurredAt } = entry;
  const netMinor = amountMinor - feeMinor;
  const exchange = exchangeOf(entry);
  const fact: BalanceTransactionFact = {
    ...{ id, connectionId, type, currency, amountMinor, feeMinor, netMinor },
    ...{ exchange, attributed, occurredAt },
  };
  changes.insert(balanceTransactionsTable, {
    ...{ environmentId, connectionId, stripeId: id, type, attributed, currency, amountMinor, feeMinor, netMinor },
    sourceId: entry.source?.id ?? null,
    exchangedMinor: exchange?.amountMinor ?? null,
    exchangedCurrency: exchange?.currency ?? null,
    occurredAt,
    postedAt: context.clock.machineNow(),
  });
  const transaction = balanceTransactionPosted(fact);
  if (transaction !== null) changes.post({ environmentId, id: context.newId('ledgerTransaction'), transaction });
}

/** What the payer was charged or given back, when it was settled in another currency, with the sign of the movement. */
function exchangeOf({ source, currency, amountMinor }: BalanceEntry): BalanceTransactionFact['exchange'] {
  const charged = source?.charged ?? null;
  if (charged === null || charged.currency === currency) return null;
  return { currency: charged.currency, amountMinor: amountMinor < 0n ? -charged.amountMinor : charged.amountMinor };
}

function moveCursor(
  context: Context,
  changes: Changes,
  of: {
    readonly connected: ConnectionWithAccess;
    readonly cursor: BalanceCursor | null;
    readonly page: BalancePage;
  },
): void {
  const { connected, cursor, page } = of;
  const { environmentId, id: connectionId } = connected.connection;
  const before: BalanceCursor = cursor ?? {
    ...{ environmentId, connectionId, seenUntil: 0n, passSeenUntil: null, passPageAfter: null },
    lastPostedAt: null,
    version: 1,
  };
  const newest = before.passSeenUntil ?? page.entries[0]?.createdSeconds ?? before.seenUntil;
  const isThrough = page.nextAfter === null;
  const after: BalanceCursor = {
    ...before,
    seenUntil: isThrough ? newest : before.seenUntil,
    passSeenUntil: isThrough ? null : newest,
    passPageAfter: page.nextAfter,
    lastPostedAt: context.clock.machineNow(),
  };
  if (cursor === null) changes.insert(balanceCursorsTable, after);
  else changes.update(balanceCursorsTable, after);
}

const atLeastZero = (seconds: bigint): bigint => (seconds < 0n ? 0n : seconds);
