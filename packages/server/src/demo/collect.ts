import type { StoryCustomers } from './customers.js';
import { leaveCard, makeInvoice, money, seePaid } from './invoices.js';
import { expect, type Stage, until, WAIT_MILLISECONDS } from './stage.js';

/** Visa's numbers for tests, as Stripe documents them. */
const CARD_GOOD = '4242424242424242';
const CARD_DECLINED_WHEN_CHARGED = '4000000000000341';
const CARD_ASKED_EVERY_TIME = '4000002760003184';

/** Every way in which an invoice is collected, or not. Gives the invoice that was simply paid. */
export async function collect(stage: Stage, customers: StoryCustomers): Promise<{ paidId: string; cardId: string }> {
  stage.program.chapter('Invoices and their collection');
  const paid = await payWithCard(stage, customers.adaId);
  const declinedId = await decline(stage, customers.benId);
  await authenticate(stage, customers.claraId);
  await nothingToCollect(stage, customers);
  await newCardCollects(stage, customers.benId, declinedId);
  return paid;
}

async function payWithCard(stage: Stage, customerId: string): Promise<{ paidId: string; cardId: string }> {
  const { program } = stage;
  const cardId = await program.step('A card is left on the hosted page', async () => {
    const id = await leaveCard(stage, customerId, CARD_GOOD);
    return [`${id}, visa ending in 4242`, id];
  });
  const paidId = await program.step('An invoice is finalized and paid', async () => {
    const { id } = await makeInvoice(stage, customerId, { what: 'Team plan, March', unitAmount: '4900' });
    const invoice = await seePaid(stage, id);
    const text = `${invoice.number}: ${money(invoice.total, invoice.currency)}, of it ${money(invoice.tax, invoice.currency)} tax`;
    return [text, id];
  });
  return { paidId, cardId };
}

function decline(stage: Stage, customerId: string): Promise<string> {
  const { host, program, tollbridge } = stage;
  return program.step('A card is declined, and the host is told why', async () => {
    await leaveCard(stage, customerId, CARD_DECLINED_WHEN_CHARGED);
    const { id } = await makeInvoice(stage, customerId, { what: 'Team plan, March', unitAmount: '4900' });
    await host.told('invoice.payment_failure', (invoice) => invoice.id === id, WAIT_MILLISECONDS);
    const invoice = await tollbridge.invoices.get(id);
    expect(invoice.status === 'finalized' && invoice.payment_status === 'failed', `it is ${invoice.payment_status}`);
    const failure = invoice.last_payment_error;
    return [`${failure?.code}: ${failure?.message} (${failure?.request_id})`, id];
  });
}

async function authenticate(stage: Stage, customerId: string): Promise<void> {
  const { host, program, stripe, tollbridge } = stage;
  const waiting = await program.step('A bank wants to ask the payer first (3D Secure)', async () => {
    await leaveCard(stage, customerId, CARD_ASKED_EVERY_TIME);
    const { id } = await makeInvoice(stage, customerId, { what: 'Seats, March', unitAmount: '12000' });
    const waiting = await host.told(
      'payment.requires_action',
      (payment) => payment.invoice_id === id,
      WAIT_MILLISECONDS,
    );
    return [`${waiting.id} waits for the payer`, { invoiceId: id, paymentId: waiting.id }];
  });
  await program.step('The payer confirms, and the invoice is paid', async () => {
    const payment = await tollbridge.payments.confirmOnSession(waiting.paymentId, {
      return_url: 'https://example.com/back',
    });
    expect(typeof payment.next_action?.url === 'string', `the attempt is ${payment.status} and leads nowhere`);
    await stripe.authenticate(payment.next_action?.url ?? '');
    const invoice = await seePaid(stage, waiting.invoiceId);
    return [`${invoice.number}: ${money(invoice.total, invoice.currency)}`, null];
  });
}

async function nothingToCollect(stage: Stage, { adaId, unlinkedId }: StoryCustomers): Promise<void> {
  const { program, tollbridge } = stage;
  await program.step('An invoice of 0 succeeds without Stripe', async () => {
    const { id } = await makeInvoice(stage, adaId, { what: 'A free month', unitAmount: '0' });
    const invoice = await seePaid(stage, id);
    const { data } = await tollbridge.payments.list({ invoice_id: id });
    expect(data.length === 0, 'there is an attempt to collect it');
    return [`${invoice.number}: ${money(0, 'eur')}, no attempt`, null];
  });
  await program.step('An invoice of an unlinked customer waits, and says why', async () => {
    const { id } = await makeInvoice(stage, unlinkedId, { what: 'Team plan, March', unitAmount: '4900' });
    const reason = await until('a reason', async () => {
      const invoice = await tollbridge.invoices.get(id);
      expect(invoice.payment_status === 'pending', `it is ${invoice.payment_status}`);
      return invoice.payment_status_reason;
    });
    return [reason, null];
  });
}

function newCardCollects(stage: Stage, customerId: string, invoiceId: string): Promise<null> {
  return stage.program.step('A new card collects the invoice that had failed', async () => {
    await leaveCard(stage, customerId, CARD_GOOD);
    const invoice = await seePaid(stage, invoiceId);
    return [`${invoice.number}: ${money(invoice.total, invoice.currency)}`, null];
  });
}
