import type { Invoice, Payment } from '@tollbridge/sdk';
import type { HostApplication } from '@tollbridge/server/demo/host-application';
import type { Book, Noun } from './book.js';
import type { BothSides } from './both-sides.js';
import { countBy, type Findings } from './findings.js';
import { outOfOrder } from './out-of-order.js';
import type { Payer } from './stage.js';

/** Holds what is there against what was answered, and both sides against each other. Everything is at rest. */
export function compare(
  sides: BothSides,
  { book, host, payers }: { book: Book; host: HostApplication; payers: readonly Payer[] },
): Findings {
  return {
    lost: [...answeredAndGone(sides, book), ...promisedAndNotTold(sides, host), ...leftUndone(sides, payers)],
    doubled: [
      ...book.answeredTwice,
      ...namedTwice(sides),
      ...refusedAndThere(sides, book),
      ...twinsTwice(sides),
      ...chargedTwice(sides),
    ],
    unequal: [
      ...outOfOrder(host.received),
      ...intentsAndPayments(sides),
      ...refundsOnBothSides(sides),
      ...clearingAndBalance(sides),
    ],
  };
}

type Named = { readonly id: string; readonly metadata?: Readonly<Record<string, string>> | null };

const nameIn = ({ metadata }: Named): string | undefined => metadata?.kills;

/** What writes leave behind, with the names that they gave it. */
const namedIn = (sides: BothSides): ReadonlyMap<Noun, readonly string[]> =>
  new Map<Noun, readonly string[]>([
    ['customer', sides.customers.map((customer) => customer.external_id)],
    ['invoice', sides.invoices.flatMap((each) => nameIn(each) ?? [])],
    ['refund', sides.refunds.flatMap((each) => nameIn(each) ?? [])],
    ['credit_note', sides.creditNotes.flatMap((each) => nameIn(each) ?? [])],
    ['payment', sides.payments.flatMap((each) => each.reference ?? [])],
    ['payment_intent', sides.intents.flatMap((each) => nameIn(each) ?? [])],
  ]);

function answeredAndGone(sides: BothSides, book: Book): string[] {
  const ids = new Set(
    [
      sides.customers,
      sides.invoices,
      sides.payments,
      sides.refunds,
      sides.creditNotes,
      sides.intents,
      sides.stripeRefunds,
    ]
      .flat()
      .map(({ id }) => id),
  );
  const gone = [...book.answered.values()].filter(({ trace }) => !ids.has(trace.id));
  return gone.map(({ write, trace }) => `${write.kind} ${write.key} was answered with ${trace.id}, which is gone`);
}

function namedTwice(sides: BothSides): string[] {
  return [...namedIn(sides)].flatMap(([noun, names]) =>
    [...countBy(names, (name) => name)]
      .filter(([, count]) => count > 1)
      .map(([name, count]) => `${noun} ${name} is there ${count} times`),
  );
}

function refusedAndThere(sides: BothSides, book: Book): string[] {
  const there = new Set([...namedIn(sides).values()].flat());
  return [...book.refused.values()]
    .filter(({ write }) => there.has(write.key))
    .map(({ write, reason }) => `${write.kind} ${write.key} was refused (${reason}) and is there`);
}

/** CUS-5: one customer of ours is one at Stripe. */
function twinsTwice(sides: BothSides): string[] {
  const counts = countBy(sides.twins, (twin) => twin.metadata.tollbridge_customer);
  return [...counts].filter(([, count]) => count > 1).map(([id, count]) => `${id} is ${count} customers at Stripe`);
}

/** No story here has a right to a second charge: there are no hosted pages that could race with a card on file. */
function chargedTwice(sides: BothSides): string[] {
  const taken = sides.intents.filter((intent) => intent.status === 'succeeded');
  const counts = countBy(taken, (intent) => intent.metadata.tollbridge_invoice);
  return [...counts].filter(([, count]) => count > 1).map(([id, count]) => `${id} was charged ${count} times`);
}

function promisedAndNotTold(sides: BothSides, host: HostApplication): string[] {
  return sides.events
    .filter(({ id }) => !host.isTold(id))
    .map(({ id, type, object_id }) => `${type} ${id} of ${object_id} never arrived`);
}

const UNDER_WAY: readonly Payment['status'][] = ['creating', 'confirming', 'canceling', 'processing'];

/** What should have gone on by itself, and stands still. */
function leftUndone(sides: BothSides, payers: readonly Payer[]): string[] {
  const good = new Set(payers.filter(({ isDeclined }) => !isDeclined).map(({ id }) => id));
  const isUnpaid = (invoice: Invoice) => invoice.status === 'finalized' && good.has(invoice.customer_id);
  return [
    ...sides.invoices.filter(isUnpaid).map(({ id, payment_status }) => `${id} is ${payment_status}, with a good card`),
    ...sides.payments.filter((each) => UNDER_WAY.includes(each.status)).map(({ id, status }) => `${id} is ${status}`),
    ...sides.refunds.filter(({ status }) => status === 'pending').map(({ id }) => `${id} is pending`),
    ...sides.customers
      .filter(({ provider_status }) => provider_status !== 'linked')
      .map(({ id, provider_status }) => `${id} is ${provider_status}`),
  ];
}

/** Every intent of ours that succeeded is on exactly one invoice, or what no invoice needed of it went back. */
function intentsAndPayments(sides: BothSides): string[] {
  const invoices = new Set(sides.invoices.map(({ id }) => id));
  return sides.intents.flatMap((intent) => {
    if (intent.metadata.tollbridge_payment === undefined) return [];
    const ours = sides.payments.filter((payment) => payment.stripe_payment_intent_id === intent.id);
    const [payment] = ours;
    if (intent.status !== 'succeeded')
      return payment?.status === 'succeeded' ? [`${payment.id} succeeded, ${intent.id} is ${intent.status}`] : [];
    if (payment === undefined || ours.length > 1) return [`${intent.id} succeeded and is ${ours.length} payments`];
    if (payment.status !== 'succeeded') return [`${intent.id} succeeded, ${payment.id} is ${payment.status}`];
    if (!invoices.has(payment.invoice_id)) return [`${payment.id} is for ${payment.invoice_id}, which is not there`];
    if (payment.amount !== intent.amount_received)
      return [`${payment.id} is ${payment.amount}, Stripe received ${intent.amount_received}`];
    const excess = payment.amount - payment.amount_applied;
    return payment.amount_refunded < excess ? [`${payment.id} brought ${excess} too much, which stayed`] : [];
  });
}

function refundsOnBothSides(sides: BothSides): string[] {
  const theirs = new Map(sides.stripeRefunds.map((refund) => [refund.id, refund]));
  const intents = new Set(sides.payments.map((payment) => payment.stripe_payment_intent_id));
  const known = countBy(sides.refunds, (refund) => refund.stripe_refund_id);
  const ours = sides.refunds.flatMap((refund) => {
    if (refund.status !== 'succeeded') return [];
    const twin = theirs.get(refund.stripe_refund_id ?? '');
    if (twin === undefined) return [`${refund.id} succeeded and is not at Stripe`];
    return twin.amount === refund.amount ? [] : [`${refund.id} is ${refund.amount}, ${twin.id} is ${twin.amount}`];
  });
  const unknown = sides.stripeRefunds.filter(
    ({ id, payment_intent }) => intents.has(`${payment_intent}`) && known.get(id) !== 1,
  );
  return [...ours, ...unknown.map(({ id }) => `${id} is ${known.get(id) ?? 0} refunds here`)];
}

/** By currency; the amounts of these currencies have the same places on both sides. */
export function clearingAndBalance(sides: Pick<BothSides, 'balances' | 'balanceTransactions'>): string[] {
  const nets = new Map<string, bigint>();
  for (const { currency, net } of sides.balanceTransactions)
    nets.set(currency, (nets.get(currency) ?? 0n) + BigInt(net));
  const books = new Map<string, bigint>();
  for (const { account, currency, balance } of sides.balances)
    if (account === 'stripe_clearing') books.set(currency, (books.get(currency) ?? 0n) + BigInt(balance));
  return [...new Set([...nets.keys(), ...books.keys()])]
    .filter((currency) => (nets.get(currency) ?? 0n) !== (books.get(currency) ?? 0n))
    .map(
      (currency) =>
        `the clearing is ${books.get(currency) ?? 0n} ${currency}, Stripe's balance ${nets.get(currency) ?? 0n}`,
    );
}
