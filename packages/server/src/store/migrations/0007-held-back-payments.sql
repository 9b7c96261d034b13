-- An attempt that must not be made any more is held back first, so that a call under way can end before Stripe is asked.

alter table payments add column held_back_at timestamptz;

-- What could still bring money, a failed attempt's intent at Stripe included: the net under withdrawals looks through these.
create index payments_that_could_bring_money on payments (seq)
  where status in ('creating', 'awaiting_payer', 'confirming', 'canceling', 'requires_action', 'failed');
