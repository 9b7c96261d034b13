import type { Row, Story } from './story.js';

/** Where a payer's bank asks him whether it is he who pays; null where it asks nothing. */
export const challengeOf = (story: Story, row: Row): string | null =>
  story
    .atStripe(row, 'payment_intent')
    .find(({ status, metadata }) => status === 'requires_action' && metadata.tollbridge_payment === row.id)?.next_action
    ?.redirect_to_url?.url ?? null;
