import type { StripeAccount } from '../stage/stripe-account.js';
import { paymentWhere, RETURN_URL, standsAs } from './attempts.js';
import { invoiceWhere, withPayment } from './invoices.js';
import { moneyToPay } from './money.js';
import type { Action, Row, Story } from './story.js';

/** Something was paid or taken off already: with the whole amount it is too much. */
const PAID_OTHERWISE = `exists (
  select 1
  from invoices i
  where i.environment_id = p.environment_id
    and i.id = p.invoice_id
    and (i.status in ('paid', 'void') or i.paid_minor + i.credited_minor > 0)
)`;

const DUE = `status = 'finalized' and total_minor > paid_minor + credited_minor`;
/** Not what is on its way to the bank just now. */
const PAYABLE = `p.kind = 'automatic'
    and p.status not in ('creating', 'confirming', 'succeeded')
    and p.stripe_payment_intent_id is not null`;

/** Payers who pay when nobody waits for it any more, or in two ways. */
export const LATE_PAYER_ACTIONS: readonly Action[] = [
  {
    // A payer whose browser still holds the secret of an attempt that failed or was given up: he pays it after all, past
    // everybody, now and then what was paid in another way already.
    name: 'intent_paid_at_stripe',
    weight: 26,
    async run(story) {
      // Whoever stands before his bank answers there.
      const isOpen = standsAs(story, 'requires_payment_method', 'requires_confirmation');
      const row =
        (await paymentWhere(story, `${PAYABLE} and ${PAID_OTHERWISE}`, [], isOpen)) ??
        (await paymentWhere(story, `${PAYABLE} and p.status = 'canceling'`, [], isOpen)) ??
        (await paymentWhere(story, PAYABLE, [], isOpen));
      if (row === null) return null;
      const end = await payAtStripe(story, attemptOf(story, row));
      return end === 'refused' ? null : `${row.intent} ${end}`;
    },
  },
  {
    name: 'offline_payment',
    weight: 4,
    async run(story) {
      const isTwice = story.random.chance(0.5);
      const twice = isTwice ? await invoiceWhere(story, `${DUE} and ${withPayment(PAYABLE)}`) : null;
      const row = twice ?? (await invoiceWhere(story, DUE));
      if (row === null) return null;
      const due = (row.total_minor as bigint) - (row.paid_minor as bigint);
      const amount = Number(moneyToPay(story, due, row.currency as string));
      const isOpen = standsAs(story, 'requires_payment_method');
      const byCard =
        twice === null ? null : await paymentWhere(story, `${PAYABLE} and p.invoice_id = $2`, [row.id], isOpen);
      const attempt = byCard === null ? null : attemptOf(story, byCard);
      const body = { amount, reference: 'transfer' };
      // As soon as the transfer is there, he pays by card as well: his browser still asks him to.
      story.write('POST', `/v1/invoices/${row.id}/offline_payments`, body, async ({ status }) => {
        if (status === 201 && attempt !== null) await payAtStripe(story, attempt);
      });
      return `${amount} for ${row.id}${attempt === null ? '' : ', and by card'}`;
    },
  },
];

/** An attempt that can still bring money, as a payer's browser holds it. */
interface Attempt {
  readonly account: StripeAccount;
  readonly intent: string;
  readonly invoiceId: string;
}

const attemptOf = (story: Story, { account, intent, invoice_id }: Row): Attempt => ({
  account: story.accountOf(account),
  intent: intent as string,
  invoiceId: invoice_id as string,
});

/** Pays past everybody: what it brings may be too much, and goes back then. */
async function payAtStripe(story: Story, { account, intent, invoiceId }: Attempt) {
  const end = await account.inDashboard((stripe) =>
    stripe.paymentIntents.confirm(intent, { payment_method: 'pm_card_visa', return_url: RETURN_URL }),
  );
  // Whoever was broken off may have paid.
  if (end !== 'refused') story.universe.witness.excuse(invoiceId);
  return end;
}
