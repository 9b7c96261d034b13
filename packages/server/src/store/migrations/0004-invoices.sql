-- Why: who invoices (legal entities), what is owed (invoices and their lines), and every attempt to collect it (payments).

create table legal_entities (
  environment_id text not null references environments (id),
  id text not null,
  name text not null,
  address jsonb not null,
  tax_ids jsonb not null,
  number_prefix text not null,
  next_number integer not null constraint legal_entity_number_positive check (next_number > 0),
  footer text,
  is_default boolean not null,
  created_at timestamptz not null,
  version integer not null,
  seq bigint generated always as identity,
  primary key (environment_id, id),
  constraint legal_entity_number_prefix_unique unique (environment_id, number_prefix)
);
create unique index one_default_legal_entity on legal_entities (environment_id) where is_default;

create table invoices (
  environment_id text not null references environments (id),
  id text not null,
  customer_id text not null,
  legal_entity_id text not null,
  number text,
  status text not null
    constraint invoice_status_known check (status in ('draft', 'finalized', 'paid', 'void', 'uncollectible')),
  payment_status text not null
    constraint invoice_payment_status_known
    check (payment_status in ('pending', 'processing', 'requires_action', 'succeeded', 'failed')),
  payment_status_reason text,
  currency text not null,
  subtotal_minor bigint not null,
  tax_minor bigint not null,
  total_minor bigint not null constraint invoice_total_not_negative check (total_minor >= 0),
  paid_minor bigint not null constraint invoice_paid_not_negative check (paid_minor >= 0),
  refunded_minor bigint not null constraint invoice_refunded_not_negative check (refunded_minor >= 0),
  credited_minor bigint not null constraint invoice_credited_not_negative check (credited_minor >= 0),
  collection_method text not null
    constraint invoice_collection_method_known check (collection_method in ('charge_automatically', 'send_invoice')),
  days_until_due integer,
  due_at timestamptz,
  issuer jsonb,
  finalized_at timestamptz,
  paid_at timestamptz,
  voided_at timestamptz,
  open_payment_id text,
  last_payment_error jsonb,
  description text,
  metadata jsonb not null,
  hosted_token_hash text,
  created_at timestamptz not null,
  version integer not null,
  seq bigint generated always as identity,
  primary key (environment_id, id),
  foreign key (environment_id, legal_entity_id) references legal_entities (environment_id, id),
  foreign key (environment_id, customer_id) references customers (environment_id, id),
  constraint invoice_number_unique unique (environment_id, legal_entity_id, number),
  constraint invoice_total_adds_up check (total_minor = subtotal_minor + tax_minor),
  constraint invoice_not_overpaid check (paid_minor + credited_minor <= total_minor),
  constraint invoice_numbered_once_finalized check ((number is null) = (status = 'draft')),
  constraint invoice_paid_has_nothing_due check (status <> 'paid' or paid_minor + credited_minor = total_minor)
);
create unique index invoices_by_hosted_token on invoices (hosted_token_hash) where hosted_token_hash is not null;
create index invoices_newest on invoices (environment_id, seq);
create index invoices_of_customer on invoices (environment_id, customer_id, seq);
create index invoices_open on invoices (seq) where status = 'finalized';

create table invoice_links (
  environment_id text not null,
  invoice_id text not null,
  token_sealed text not null,
  created_at timestamptz not null,
  primary key (environment_id, invoice_id),
  foreign key (environment_id, invoice_id) references invoices (environment_id, id)
);

create table invoice_lines (
  environment_id text not null,
  id text not null,
  invoice_id text not null,
  position integer not null constraint invoice_line_position_not_negative check (position >= 0),
  description text not null,
  quantity numeric not null,
  unit_amount numeric not null,
  amount_minor bigint not null,
  tax_rate_percent numeric not null
    constraint invoice_line_tax_rate_in_range check (tax_rate_percent between 0 and 100),
  tax_behaviour text not null
    constraint invoice_line_tax_behaviour_known check (tax_behaviour in ('inclusive', 'exclusive', 'reverse_charge')),
  tax_minor bigint not null,
  net_minor bigint not null,
  period_start timestamptz,
  period_end timestamptz,
  primary key (environment_id, id),
  foreign key (environment_id, invoice_id) references invoices (environment_id, id),
  constraint invoice_line_period_not_empty check (period_start < period_end)
);
create index invoice_lines_of_invoice on invoice_lines (environment_id, invoice_id, position);

create table payments (
  environment_id text not null,
  id text not null,
  invoice_id text not null,
  customer_id text not null,
  connection_id text,
  kind text not null constraint payment_kind_known check (kind in ('automatic', 'hosted', 'offline')),
  status text not null
    constraint payment_status_known
    check (status in (
      'creating', 'awaiting_payer', 'confirming', 'canceling', 'processing', 'requires_action', 'succeeded', 'failed',
      'canceled'
    )),
  amount_minor bigint not null constraint payment_amount_positive check (amount_minor > 0),
  currency text not null,
  confirmations integer not null,
  key_generation integer not null,
  key_used_at timestamptz,
  stripe_customer_id text,
  stripe_payment_method_id text,
  return_url text,
  cancel_url text,
  stripe_payment_intent_id text,
  stripe_session_id text,
  stripe_charge_id text,
  session_url text,
  session_expires_at timestamptz,
  next_action jsonb,
  failure jsonb,
  applied_minor bigint not null,
  refunded_minor bigint not null constraint payment_refunded_not_negative check (refunded_minor >= 0),
  is_late_duplicate boolean not null,
  reference text,
  succeeded_at timestamptz,
  canceled_at timestamptz,
  created_at timestamptz not null,
  version integer not null,
  seq bigint generated always as identity,
  primary key (environment_id, id),
  foreign key (environment_id, invoice_id) references invoices (environment_id, id),
  constraint payment_offline_without_connection check ((kind = 'offline') = (connection_id is null)),
  constraint payment_applied_in_range check (applied_minor between 0 and amount_minor),
  constraint payment_refunded_in_range check (refunded_minor <= amount_minor),
  constraint payment_intent_once unique (environment_id, connection_id, stripe_payment_intent_id),
  constraint payment_session_once unique (environment_id, connection_id, stripe_session_id)
);
create index payments_newest on payments (environment_id, seq);
create index payments_of_invoice on payments (environment_id, invoice_id, seq);
create index payments_of_customer on payments (environment_id, customer_id, seq);
create index payments_of_charge on payments (environment_id, connection_id, stripe_charge_id)
  where stripe_charge_id is not null;
create index payments_open on payments (environment_id, seq)
  where status in ('creating', 'awaiting_payer', 'confirming', 'canceling', 'processing', 'requires_action');
