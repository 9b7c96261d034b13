import {
  amountDueMinor,
  type Customer,
  err,
  type Invoice,
  invariant,
  isPaymentOpen,
  mayCollect,
  money,
  ok,
  openAttempt,
  type Payment,
  type Result,
  stripeAmountFromMoney,
} from '@tollbridge/core';
import { type Answer, asked, type Command, type Decision } from '../asked.js';
import { Changes } from '../changes.js';
import { changesOfAttempt } from '../collection/attempt-outcome.js';
import { carryOutPaymentJob } from '../collection/collection-jobs.js';
import { findHostedUrl } from '../collection/hosted-link.js';
import { type LoadedCollection, loadCollection, timesOf } from '../collection/load-collection.js';
import { notCollectable, underWay } from '../collection/payment-problem.js';
import type { Context } from '../context.js';
import { addTwin } from '../customers/twin-for-checkout.js';
import { paymentToJson } from '../json/payment.js';
import { leasedHere, performJobs } from '../perform.js';
import { type Problem, problem } from '../problem.js';
import { findDefaultConnection } from '../store/connections.js';
import { findPayment } from '../store/payments.js';

export interface OpenPaymentSessionInput {
  readonly invoiceId: string;
  /** Null takes the invoice's own page. */
  readonly returnUrl: string | null;
  readonly cancelUrl: string | null;
}

/** Opens a page of Stripe's on which the payer pays what is due. It is an attempt like any other: there is one at a time. */
export function openPaymentSession(
  context: Context,
  command: Command,
  input: OpenPaymentSessionInput,
): Promise<Result<Answer, Problem>> {
  return asked(context, command, {
    decide: () => decide(context, command, input),
    resume: (resourceId) => openPage(context, command, resourceId),
  });
}

async function decide(
  context: Context,
  command: Command,
  input: OpenPaymentSessionInput,
): Promise<Result<Decision, Problem>> {
  const environmentId = command.environment.id;
  const loaded = await loadCollection(context, environmentId, input.invoiceId);
  if (loaded === null) return err(problem('not_found', 'There is no such invoice.'));
  const { invoice } = loaded;
  const isOpen = invoice.status === 'finalized' || invoice.status === 'uncollectible';
  if (!isOpen || amountDueMinor(invoice) === 0n) return err(notCollectable(invoice));
  const returnUrl = input.returnUrl ?? (await findHostedUrl(context, invoice));
  invariant(returnUrl !== null, 'a finalized invoice has a page');
  const open = loaded.payments.find((payment) => payment.id === invoice.openPaymentId);
  if (open !== undefined && isPaymentOpen(open)) return standingPage(context, open, { ...input, returnUrl });
  const payable = await payableAt(context, loaded);
  if (!payable.ok) return payable;
  return ok(await begin(context, command, { invoice, facts: payable.value, urls: { ...input, returnUrl } }));
}

/** Two clicks give one page, as long as the page stands and leads back to the same place. */
function standingPage(
  context: Context,
  open: Payment,
  urls: { readonly returnUrl: string; readonly cancelUrl: string | null },
): Result<Decision, Problem> {
  const isSame = open.kind === 'hosted' && open.returnUrl === urls.returnUrl && open.cancelUrl === urls.cancelUrl;
  const stands = open.status === 'awaiting_payer' && (open.sessionExpiresAt ?? 0) > context.clock.machineNow();
  if (!isSame || !stands) return err(underWay(open));
  return ok({ changes: new Changes(), audit: [], outcome: { answer: { status: 200, body: paymentToJson(open) } } });
}

interface Payable {
  readonly customer: Customer;
  readonly connectionId: string;
}

/** The payer and the connection he pays through; one who is in no connection yet pays through the default one. */
async function payableAt(context: Context, loaded: LoadedCollection): Promise<Result<Payable, Problem>> {
  const { payer, invoice } = loaded;
  if (payer === null) return err(notPossible('customer_deleted'));
  const connection = loaded.connection ?? (await findDefaultConnection(context.db, invoice.environmentId));
  if (connection === null) return err(notPossible('connection_missing'));
  const may = mayCollect(connection);
  if (!may.ok) return err(notPossible(may.error.code));
  const due = money(amountDueMinor(invoice), invoice.currency);
  if (!stripeAmountFromMoney(due).ok) return err(notPossible('amount_not_exact_at_stripe'));
  return ok({ customer: payer.customer, connectionId: connection.id });
}

const notPossible = (reason: string): Problem =>
  problem('payment_not_possible', `No page can be opened now: ${reason}.`, { details: { reason } });

interface Beginning {
  readonly invoice: Invoice;
  readonly facts: Payable;
  readonly urls: { readonly returnUrl: string; readonly cancelUrl: string | null };
}

async function begin(context: Context, command: Command, { invoice, facts, urls }: Beginning): Promise<Decision> {
  const environmentId = command.environment.id;
  const { customer, connectionId } = facts;
  const paymentFacts = {
    connectionId,
    stripeCustomerId: customer.providerCustomerId,
    environmentId,
    id: context.newId('payment'),
    invoiceId: invoice.id,
    customerId: invoice.customerId,
    kind: 'hosted' as const,
    amountMinor: amountDueMinor(invoice),
    currency: invoice.currency,
    stripePaymentMethodId: null,
  };
  const times = await timesOf(context, environmentId);
  const opened = openAttempt(invoice, paymentFacts, times);
  invariant(opened.payment !== null, 'opening an attempt makes one');
  const payment: Payment = { ...opened.payment, returnUrl: urls.returnUrl, cancelUrl: urls.cancelUrl };
  const changes = await changesOfAttempt(context, { invoice, payment: null }, { ...opened, payment });
  const twinJobId = addTwin(context, changes, { customer, connectionId, now: times.now });
  const of = { environmentId, invoiceId: invoice.id, connectionId, paymentId: payment.id };
  const job = leasedHere(context, carryOutPaymentJob(context, of));
  const entry = { action: 'payment.session_opened', objectKind: 'payment', objectId: payment.id };
  return {
    changes: changes.enqueue(job),
    audit: [{ ...entry, before: null, after: paymentToJson(payment) }],
    outcome: { resumeWith: [payment.id, job.id, job.lease?.token ?? '', twinJobId ?? ''].join(' ') },
  };
}

async function openPage(context: Context, command: Command, resourceId: string): Promise<Result<Answer, Problem>> {
  const environmentId = command.environment.id;
  const [paymentId = '', jobId = '', token = '', twinJobId = ''] = resourceId.split(' ');
  const twin = twinJobId === '' ? [] : [{ environmentId, jobId: twinJobId, token: null }];
  await performJobs(context, [...twin, { environmentId, jobId, token }]);
  const payment = await findPayment(context.db, environmentId, paymentId);
  invariant(payment !== null, 'an attempt that was committed to is never deleted');
  if (payment.status === 'failed' && payment.sessionUrl === null) {
    const { code, requestId, message } = payment.failure ?? { code: null, requestId: null, message: '' };
    const details = { code, request_id: requestId, payment_id: payment.id };
    return err(problem('payment_session_refused', `Stripe refused to open the page: ${message}`, { details }));
  }
  return ok({ status: payment.status === 'creating' ? 202 : 201, body: paymentToJson(payment) });
}
