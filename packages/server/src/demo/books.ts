import { money } from './invoices.js';
import { expect, type Stage, until, WAIT_MILLISECONDS } from './stage.js';

const PAGES_MAX = 20;

/** Money goes back, a card goes away, and in the end everything adds up. */
export async function closeTheBooks(stage: Stage, paid: { paidId: string; cardId: string }): Promise<void> {
  const { program, tollbridge, host, stripe } = stage;
  program.chapter('Afterwards');

  await program.step('A part of a payment is refunded', async () => {
    const refund = await tollbridge.refunds.create({ invoice_id: paid.paidId, amount: 1_000 });
    await host.told('refund.succeeded', ({ id }) => id === refund.id, WAIT_MILLISECONDS);
    const invoice = await tollbridge.invoices.get(paid.paidId);
    expect(invoice.amount_refunded === 1_000, `the invoice says ${invoice.amount_refunded}`);
    return [`${money(refund.amount, refund.currency)} of ${money(invoice.total, invoice.currency)}`, null];
  });

  await program.step('A card that is removed in Stripe is gone here, too', async () => {
    const methods = await tollbridge.customers.listPaymentMethods(
      (await tollbridge.invoices.get(paid.paidId)).customer_id,
    );
    const method = methods.data.find(({ id }) => id === paid.cardId);
    await stripe.call('POST', `/v1/payment_methods/${method?.provider_payment_method_id}/detach`);
    await host.told('payment_method.detached', ({ id }) => id === paid.cardId, WAIT_MILLISECONDS);
    return [method?.provider_payment_method_id ?? '', null];
  });

  await program.step("The ledger ties to Stripe's balance transactions", async () => {
    const text = await until('the same balance on both sides', async () => {
      const [theirs, ours] = [await stripeBalance(stage), await clearingBalance(stage)];
      return theirs.net === ours
        ? `${theirs.count} transactions, net ${money(Number(ours), 'eur')} on both sides`
        : null;
    });
    const check = await tollbridge.ledger.check();
    expect(check.holds, `the books do not agree: ${JSON.stringify(check.violations)}`);
    return [`${text}; all books agree`, null];
  });

  await program.step('Every event reached the host, each object in its order', async () => {
    const text = await until('every event', async () => {
      const promised: string[] = [];
      for await (const event of tollbridge.events.list()) promised.push(event.id);
      const came = new Set(host.received.map(({ id }) => id));
      return promised.every((id) => came.has(id)) ? `${promised.length} events` : null;
    });
    expectOrder(stage);
    return [`${text}, ${host.refusedSignatures} bad signatures`, null];
  });
}

async function clearingBalance({ tollbridge }: Stage): Promise<bigint> {
  const { data } = await tollbridge.ledger.listBalances();
  const clearing = data.filter(({ account, currency }) => account === 'stripe_clearing' && currency === 'eur');
  return clearing.reduce((sum, { balance }) => sum + BigInt(balance), 0n);
}

interface BalancePage {
  readonly data: readonly { readonly id: string; readonly net: number; readonly currency: string }[];
  readonly has_more: boolean;
}

async function stripeBalance({ stripe }: Stage): Promise<{ net: bigint; count: number }> {
  let net = 0n;
  let count = 0;
  let after: Record<string, string> = {};
  for (let pages = 0; pages < PAGES_MAX; pages++) {
    const page = await stripe.call<BalancePage>('GET', '/v1/balance_transactions', { limit: '100', ...after });
    for (const transaction of page.data) net += BigInt(transaction.net);
    count += page.data.length;
    if (!page.has_more) break;
    after = { starting_after: page.data.at(-1)?.id ?? '' };
  }
  return { net, count };
}

function expectOrder({ host }: Stage): void {
  const last = new Map<string, number>();
  for (const event of host.received) {
    const before = last.get(event.object_id) ?? 0;
    expect(event.sequence === before + 1, `${event.object_id} came as ${event.sequence} after ${before}`);
    last.set(event.object_id, event.sequence);
  }
}
