-- Why: money that goes back (refunds, credit notes), money that is contested (disputes), and Stripe's balance as posted.

create table refunds (
  environment_id text not null references environments (id),
  id text not null,
  payment_id text not null,
  invoice_id text not null,
  customer_id text not null,
  connection_id text not null,
  credit_note_id text,
  status text not null constraint refund_status_known check (status in ('pending', 'succeeded', 'failed', 'canceled')),
  reason text not null
    constraint refund_reason_known
    check (reason in ('requested_by_customer', 'duplicate', 'fraudulent', 'overpayment', 'other')),
  origin text not null constraint refund_origin_known check (origin in ('asked', 'automatic', 'stripe')),
  amount_minor bigint not null constraint refund_amount_positive check (amount_minor > 0),
  from_overpayment_minor bigint not null,
  currency text not null,
  stripe_payment_intent_id text not null,
  stripe_refund_id text,
  key_generation integer not null,
  key_used_at timestamptz not null,
  failure jsonb,
  metadata jsonb not null,
  succeeded_at timestamptz,
  failed_at timestamptz,
  created_at timestamptz not null,
  version integer not null,
  seq bigint generated always as identity,
  primary key (environment_id, id),
  foreign key (environment_id, payment_id) references payments (environment_id, id),
  constraint refund_stripe_id_once unique (environment_id, connection_id, stripe_refund_id),
  constraint refund_overpayment_in_range check (from_overpayment_minor between 0 and amount_minor),
  constraint refund_failure_has_reason check ((status in ('failed', 'canceled')) = (failure is not null))
);
create index refunds_newest on refunds (environment_id, seq);
create index refunds_of_payment on refunds (environment_id, payment_id, seq);
create index refunds_of_invoice on refunds (environment_id, invoice_id, seq);
create index refunds_pending on refunds (environment_id, connection_id, currency) where status = 'pending';

create table credit_notes (
  environment_id text not null references environments (id),
  id text not null,
  invoice_id text not null,
  customer_id text not null,
  position integer not null constraint credit_note_position_positive check (position > 0),
  number text not null,
  reason text not null
    constraint credit_note_reason_known
    check (reason in ('duplicate', 'fraudulent', 'order_change', 'product_unsatisfactory', 'other')),
  memo text,
  currency text not null,
  net_minor bigint not null,
  tax_minor bigint not null,
  total_minor bigint not null constraint credit_note_total_positive check (total_minor > 0),
  against_debt_minor bigint not null,
  refund_minor bigint not null constraint credit_note_refund_not_negative check (refund_minor >= 0),
  credit_minor bigint not null constraint credit_note_credit_not_negative check (credit_minor >= 0),
  metadata jsonb not null,
  created_at timestamptz not null,
  version integer not null,
  seq bigint generated always as identity,
  primary key (environment_id, id),
  foreign key (environment_id, invoice_id) references invoices (environment_id, id),
  constraint credit_note_position_once unique (environment_id, invoice_id, position),
  constraint credit_note_total_adds_up check (total_minor = net_minor + tax_minor),
  constraint credit_note_goes_somewhere check (total_minor = against_debt_minor + refund_minor + credit_minor)
);
create index credit_notes_newest on credit_notes (environment_id, seq);

create table credit_note_lines (
  environment_id text not null,
  credit_note_id text not null,
  position integer not null,
  invoice_line_id text not null,
  description text not null,
  net_minor bigint not null,
  tax_rate_percent numeric not null,
  tax_minor bigint not null,
  primary key (environment_id, credit_note_id, position),
  foreign key (environment_id, credit_note_id) references credit_notes (environment_id, id)
);
create index credit_note_lines_of_invoice_line on credit_note_lines (environment_id, invoice_line_id);

create table disputes (
  environment_id text not null references environments (id),
  id text not null,
  payment_id text not null,
  invoice_id text not null,
  customer_id text not null,
  connection_id text not null,
  stripe_dispute_id text not null,
  stripe_charge_id text not null,
  status text not null,
  outcome text constraint dispute_outcome_known check (outcome in ('won', 'lost', 'withdrawn')),
  reason text not null,
  amount_minor bigint not null constraint dispute_amount_positive check (amount_minor > 0),
  currency text not null,
  has_funds_withdrawn boolean not null,
  evidence_due_at timestamptz,
  closed_at timestamptz,
  created_at timestamptz not null,
  version integer not null,
  seq bigint generated always as identity,
  primary key (environment_id, id),
  foreign key (environment_id, payment_id) references payments (environment_id, id),
  constraint dispute_stripe_id_once unique (environment_id, connection_id, stripe_dispute_id),
  constraint dispute_closed_has_outcome check ((outcome is null) = (closed_at is null))
);
create index disputes_newest on disputes (environment_id, seq);
create index disputes_of_payment on disputes (environment_id, payment_id);
create index disputes_open on disputes (environment_id, customer_id) where outcome is null;

create table balance_transactions (
  environment_id text not null references environments (id),
  connection_id text not null,
  stripe_id text not null,
  type text not null,
  attributed text not null constraint balance_transaction_attribution_known check (attributed in ('ours', 'foreign')),
  source_id text,
  currency text not null,
  amount_minor bigint not null,
  fee_minor bigint not null,
  net_minor bigint not null,
  exchanged_minor bigint,
  exchanged_currency text,
  occurred_at timestamptz not null,
  posted_at timestamptz not null,
  seq bigint generated always as identity,
  primary key (environment_id, connection_id, stripe_id),
  foreign key (environment_id, connection_id) references connections (environment_id, id),
  constraint balance_transaction_net_adds_up check (net_minor = amount_minor - fee_minor)
);

create table balance_cursors (
  environment_id text not null,
  connection_id text not null,
  seen_until bigint not null,
  pass_seen_until bigint,
  pass_page_after text,
  last_posted_at timestamptz,
  version integer not null,
  primary key (environment_id, connection_id),
  foreign key (environment_id, connection_id) references connections (environment_id, id)
);
