-- An attempt that must not be made any more is held back first, so that a call under way can end before Stripe is asked.

alter table payments add column held_back_at timestamptz;

-- What could still bring money, a failed attempt's intent at Stripe included: the net under withdrawals looks through these.
create index payments_that_could_bring_money on payments (seq)
  where status in ('creating', 'awaiting_payer', 'confirming', 'canceling', 'requires_action', 'failed')
    and (status <> 'failed' or (kind = 'automatic' and stripe_payment_intent_id is not null));

-- What brought more than its invoice needed: the net under what must go back looks through these.
create index payments_in_excess on payments (seq)
  where status = 'succeeded' and kind <> 'offline' and amount_minor > applied_minor;
