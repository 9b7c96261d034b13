import { draftInvoice } from '../src/invoice/draft.js';
import type { Invoice } from '../src/invoice/invoice.js';
import { currencyOf } from '../src/money/currency.js';
import { newPayment, type Payment } from '../src/payment/payment.js';
import type { RefundableFacts } from '../src/refund/refundable.js';
import { requestRefund } from '../src/refund/request-refund.js';
import { instantOf } from '../src/time/instant.js';

// What the tests about refunds begin with: an invoice over ten euro, paid by one charge, and asking for a part of it back.

export const now = instantOf(1_000);
export const times = { now, machineNow: instantOf(2_000) };
export const currency = currencyOf('eur');

export const payment: Payment = {
  ...newPayment(
    {
      environmentId: 'env_1',
      id: 'pay_1',
      invoiceId: 'inv_1',
      customerId: 'cus_1',
      connectionId: 'con_1',
      kind: 'automatic',
      amountMinor: 1000n,
      currency,
      stripeCustomerId: 'cus_s',
      stripePaymentMethodId: 'pm_s',
    },
    times,
  ),
  status: 'succeeded',
  stripePaymentIntentId: 'pi_1',
  appliedMinor: 1000n,
};

const drafted = draftInvoice(
  {
    environmentId: 'env_1',
    id: 'inv_1',
    customerId: 'cus_1',
    legalEntityId: 'le_1',
    currency,
    collectionMethod: 'charge_automatically',
    daysUntilDue: null,
    description: null,
    metadata: {},
    lines: [],
  },
  now,
);
if (!drafted.ok) throw new Error(drafted.error.code);
export const invoice: Invoice = { ...drafted.value.invoice, status: 'paid', totalMinor: 1000n, paidMinor: 1000n };

export const facts = (change: Partial<RefundableFacts> = {}): RefundableFacts => ({
  payment,
  invoice,
  refunds: [],
  creditNotes: [],
  ...change,
});

export const asked = {
  id: 'ref_1',
  amountMinor: null,
  reason: 'requested_by_customer',
  origin: 'asked',
  metadata: {},
} as const;

export const requested = (change: Partial<RefundableFacts> = {}, amountMinor: bigint | null = null) => {
  const decision = requestRefund(facts(change), { ...asked, amountMinor }, times);
  if (!decision.ok) throw new Error(decision.error.code);
  return decision.value;
};

export const entriesOf = (decision: { readonly postings: readonly { readonly entries: readonly unknown[] }[] }) =>
  decision.postings.flatMap((posting) =>
    (posting.entries as { account: string; amountMinor: bigint }[]).map(
      (each) => `${each.account} ${each.amountMinor}`,
    ),
  );
