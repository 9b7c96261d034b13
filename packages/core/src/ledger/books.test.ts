import fc from 'fast-check';
import { expect, test } from 'vitest';
import { amountDueMinor, amountOwedMinor } from '../invoice/amount-due.js';
import { draftInvoice } from '../invoice/draft.js';
import { finalizeInvoice } from '../invoice/finalize.js';
import type { Invoice } from '../invoice/invoice.js';
import { settleInvoice } from '../invoice/settle.js';
import { markInvoiceUncollectible } from '../invoice/uncollectible.js';
import { voidInvoice } from '../invoice/void.js';
import { ADDRESS_EMPTY } from '../legal-entity/address.js';
import type { LegalEntity } from '../legal-entity/legal-entity.js';
import { currencyOf } from '../money/currency.js';
import { instantOf } from '../time/instant.js';
import type { AccountKind } from './accounts.js';
import { balanceTransactionPosted } from './balance-transaction.js';
import { paymentSucceeded } from './payment-postings.js';
import type { LedgerTransaction } from './posting.js';
import { type RefundFact, refundFailed, refundRequested, refundReversed, refundSucceeded } from './refund-postings.js';

const currency = currencyOf('eur');
const now = instantOf(0);
const connectionId = 'con_1';

/** One step of a random story; which object it is about follows from `pick`. */
interface Step {
  readonly act: 'invoice' | 'pay' | 'void' | 'write_off' | 'refund' | 'refund_end' | 'refund_return' | 'stripe_enters';
  readonly pick: number;
  readonly minor: bigint;
}

type RefundState = 'pending' | 'succeeded' | 'failed';

const entity: LegalEntity = {
  environmentId: 'env_1',
  id: 'le_1',
  name: 'Toll Ltd',
  address: ADDRESS_EMPTY,
  taxIds: [],
  numberPrefix: 'INV',
  nextNumber: 1,
  footer: null,
  isDefault: true,
  version: 1,
  createdAt: now,
};

/** The world beside its books: what happened is kept in both, and in the end the two must agree. */
class World {
  readonly ledger: LedgerTransaction[] = [];
  readonly invoices: Invoice[] = [];
  readonly refunds: { fact: RefundFact; state: RefundState }[] = [];
  readonly balanceNets: bigint[] = [];
  /** What Stripe has confirmed and not yet entered in its balance. */
  readonly unentered: { type: string; minor: bigint }[] = [];
  paidMinor = 0n;
  refundedMinor = 0n;
  post(...transactions: (LedgerTransaction | null)[]): void {
    for (const transaction of transactions) if (transaction !== null) this.ledger.push(transaction);
  }

  step({ act, pick, minor }: Step): void {
    const position = this.invoices.length === 0 ? -1 : pick % this.invoices.length;
    const invoice = this.invoices[position];
    if (act === 'invoice') this.issueInvoice(`cus_${pick % 3}`, minor);
    if (act === 'pay' && invoice !== undefined) this.pay(invoice, position, minor);
    if (act === 'void' && invoice !== undefined) this.decide(voidInvoice(invoice, now), position);
    if (act === 'write_off' && invoice !== undefined) this.decide(markInvoiceUncollectible(invoice, now), position);
    if (act === 'refund' && invoice !== undefined) this.refund(invoice, minor);
    if (act === 'refund_end') this.endRefund(pick);
    if (act === 'refund_return') this.returnRefund(pick);
    if (act === 'stripe_enters') this.enterBalance(minor);
  }

  issueInvoice(customerId: string, minor: bigint): void {
    const id = `inv_${this.invoices.length}`;
    const line = { id: 'il_1', description: 'x', quantity: '1', unitAmount: `${minor}`, taxRatePercent: '19' } as const;
    const drafted = draftInvoice(
      {
        environmentId: 'env_1',
        id,
        customerId,
        legalEntityId: 'le_1',
        currency,
        collectionMethod: 'charge_automatically',
        daysUntilDue: null,
        description: null,
        metadata: {},
        lines: [{ ...line, taxBehaviour: 'exclusive', periodStart: null, periodEnd: null }],
      },
      now,
    );
    if (!drafted.ok) throw new Error(drafted.error.code);
    const { invoice, lines } = drafted.value;
    const finalized = finalizeInvoice(invoice, { lines, entity, number: `INV-${id}`, now });
    if (!finalized.ok) throw new Error(finalized.error.code);
    this.invoices.push(finalized.value.invoice);
    this.post(...finalized.value.postings);
  }

  pay(invoice: Invoice, position: number, minor: bigint): void {
    const amountMinor = minor + 1n;
    const { invoice: settled, appliedMinor, wasUncollectible } = settleInvoice(invoice, { amountMinor, now });
    this.invoices[position] = settled;
    const { customerId } = invoice;
    const paymentId = `pay_${this.ledger.length}`;
    const fact = { paymentId, customerId, currency, amountMinor, appliedMinor, wasUncollectible, occurredAt: now };
    this.post(paymentSucceeded({ ...fact, connectionId }));
    this.paidMinor += amountMinor;
    this.unentered.push({ type: 'charge', minor: amountMinor });
  }

  decide(
    decision: ReturnType<typeof voidInvoice> | ReturnType<typeof markInvoiceUncollectible>,
    position: number,
  ): void {
    if (!decision.ok) return;
    this.invoices[position] = decision.value.invoice;
    this.post(...decision.value.postings);
  }

  refund({ customerId }: Invoice, minor: bigint): void {
    const amountMinor = minor + 1n;
    if (this.refundedMinor + amountMinor > this.paidMinor) return;
    this.refundedMinor += amountMinor;
    const refundId = `ref_${this.refunds.length}`;
    const fromOverpaymentMinor = minor % amountMinor;
    const fact = { refundId, connectionId, customerId, currency, amountMinor, fromOverpaymentMinor, occurredAt: now };
    this.refunds.push({ fact, state: 'pending' });
    this.post(refundRequested(fact));
  }

  endRefund(pick: number): void {
    const refund = this.refunds.find(({ state }) => state === 'pending');
    if (refund === undefined) return;
    refund.state = pick % 2 === 0 ? 'succeeded' : 'failed';
    this.post(refund.state === 'succeeded' ? refundSucceeded(refund.fact) : refundFailed(refund.fact));
    if (refund.state === 'succeeded') this.unentered.push({ type: 'refund', minor: -refund.fact.amountMinor });
  }

  returnRefund(pick: number): void {
    const refund = this.refunds.filter(({ state }) => state === 'succeeded')[pick % 2];
    if (refund === undefined) return;
    refund.state = 'failed';
    this.post(refundReversed(refund.fact));
    this.unentered.push({ type: 'refund_failure', minor: refund.fact.amountMinor });
  }

  enterBalance(feeMinor: bigint): void {
    const next = this.unentered.shift();
    if (next === undefined) return;
    const { type, minor } = next;
    const netMinor = minor - feeMinor;
    this.balanceNets.push(netMinor);
    const id = `txn_${this.balanceNets.length}`;
    const amounts = { amountMinor: minor, feeMinor, netMinor, currency, exchange: null };
    this.post(balanceTransactionPosted({ id, connectionId, type, ...amounts, attributed: 'ours', occurredAt: now }));
  }

  balance(account: AccountKind, ownerId: string | null): bigint {
    return total(
      this.ledger
        .flatMap(({ entries }) => entries)
        .filter((entry) => entry.account === account && entry.ownerId === ownerId)
        .map((entry) => entry.amountMinor),
    );
  }
}

const total = (amounts: readonly bigint[]): bigint => amounts.reduce((left, right) => left + right, 0n);

const step: fc.Arbitrary<Step> = fc.record({
  act: fc.constantFrom(
    'invoice',
    'invoice',
    'pay',
    'pay',
    'void',
    'write_off',
    'refund',
    'refund_end',
    'refund_return',
    'stripe_enters',
  ),
  pick: fc.nat({ max: 11 }),
  minor: fc.bigInt({ min: 0n, max: 200n }),
});

function expectBooksToAgree(world: World): void {
  for (const customerId of ['cus_0', 'cus_1', 'cus_2']) {
    const owed = total(world.invoices.filter((each) => each.customerId === customerId).map(amountOwedMinor));
    expect(world.balance('receivable', customerId)).toBe(owed);
  }
  const writtenOff = world.invoices.filter((each) => each.status === 'uncollectible').map(amountDueMinor);
  const pending = world.refunds.filter(({ state }) => state === 'pending').map(({ fact }) => fact.amountMinor);
  expect(world.balance('bad_debt', null)).toBe(total(writtenOff));
  expect(world.balance('refunds_payable', connectionId)).toBe(-total(pending));
  expect(world.balance('stripe_clearing', connectionId)).toBe(total(world.balanceNets));
  expect(world.balance('payments_in_transit', connectionId)).toBe(total(world.unentered.map(({ minor }) => minor)));
}

test('INV-9: whatever happens, the books show what is owed, what is at Stripe, and what is to be refunded', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const world = new World();
      for (const each of steps) {
        world.step(each);
        expectBooksToAgree(world);
      }
      expect(total(world.ledger.flatMap(({ entries }) => entries.map((entry) => entry.amountMinor)))).toBe(0n);
    }),
  );
});

test('INV-9: no fact is entered twice', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const world = new World();
      for (const each of steps) world.step(each);
      const facts = world.ledger.map(({ kind, sourceId }) => `${kind} ${sourceId}`);
      expect(new Set(facts).size).toBe(facts.length);
    }),
  );
});
