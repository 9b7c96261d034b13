-- Why: a call that Stripe refuses out of hand leaves nothing under its key, so that an earlier call under the same key may
-- still do what the later was refused. Only the refusal of a first call ends what it was made for; whether a call is the
-- first is written down before it is made.

alter table payments add column key_sent_at timestamptz;
alter table refunds add column key_sent_at timestamptz;
alter table customers add column provider_key_sent_at timestamptz;

-- Of what was committed to before, or by a process of the version before while it still runs, a call may be under way.
alter table payments alter column key_sent_at set default 'epoch';
alter table refunds alter column key_sent_at set default 'epoch';
alter table customers alter column provider_key_sent_at set default 'epoch';

update payments
set key_sent_at = key_used_at
where status in ('creating', 'confirming', 'canceling');

update refunds
set key_sent_at = key_used_at
where status = 'pending'
  and stripe_refund_id is null;

update customers
set provider_key_sent_at = provider_begun_at
where provider_begun_at is not null;
