import type { Row, Story } from './story.js';

/** Where a payer comes back to from his bank. */
export const RETURN_URL = 'https://shop.example/back';

/** One of the environment's payments, with the account at Stripe that it is of. */
export const paymentWhere = (
  story: Story,
  condition: string,
  values: readonly unknown[] = [],
  fits: (row: Row) => boolean = () => true,
) =>
  story.anyRow(
    `
select p.id, p.invoice_id, p.status, p.amount_minor, p.refunded_minor, p.currency, p.next_action, p.stripe_payment_intent_id as intent,
  k.stripe_account_id as account
from payments p
left join connections k on k.environment_id = p.environment_id
  and k.id = p.connection_id
where p.environment_id = $1
  and ${condition}`,
    values,
    fits,
  );

/** Whose intent stands at Stripe as one of these, whatever our rows say. */
export const standsAs =
  (story: Story, ...statuses: readonly string[]) =>
  (row: Row): boolean =>
    story.atStripe(row, 'payment_intent').some(({ id, status }) => id === row.intent && statuses.includes(status));

/** Where a payer's bank asks him whether it is he who pays; null where it asks nothing. */
export const challengeOf = (story: Story, row: Row): string | null =>
  story
    .atStripe(row, 'payment_intent')
    .find(({ status, metadata }) => status === 'requires_action' && metadata.tollbridge_payment === row.id)?.next_action
    ?.redirect_to_url?.url ?? null;
