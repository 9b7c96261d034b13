-- Why: who pays, his twin in Stripe, the payment methods that lie there, and the pages on which he leaves one (CUS).

create table customers (
  environment_id text not null references environments (id),
  id text not null,
  external_id text not null,
  name text,
  emails text[] not null,
  phone text,
  address jsonb,
  tax_ids jsonb not null,
  currency text,
  time_zone text,
  metadata jsonb not null,
  payment_provider text constraint customer_payment_provider_known check (payment_provider in ('stripe')),
  connection_id text,
  provider_customer_id text,
  sync_with_provider boolean,
  provider_error jsonb,
  default_payment_method_id text,
  provider_generation integer not null,
  provider_begun_at timestamptz,
  provider_pushed jsonb,
  deleted_at timestamptz,
  created_at timestamptz not null,
  version integer not null,
  seq bigint generated always as identity,
  primary key (environment_id, id),
  constraint customer_twin_has_connection check (provider_customer_id is null or connection_id is not null),
  constraint customer_connection_has_provider check (connection_id is null or payment_provider is not null)
);
create unique index customer_external_id_unique on customers (environment_id, external_id) where deleted_at is null;
create unique index customer_provider_customer_unique on customers (environment_id, connection_id, provider_customer_id)
  where provider_customer_id is not null and deleted_at is null;
create index customers_newest on customers (environment_id, seq);
create index customers_by_email on customers using gin (emails);

create table payment_methods (
  environment_id text not null,
  id text not null,
  customer_id text not null,
  connection_id text not null,
  stripe_id text not null,
  type text not null,
  brand text,
  last4 text,
  exp_month integer constraint payment_method_month_is_one check (exp_month between 1 and 12),
  exp_year integer,
  detached_at timestamptz,
  expiry_announced_at timestamptz,
  created_at timestamptz not null,
  version integer not null,
  seq bigint generated always as identity,
  primary key (environment_id, id),
  foreign key (environment_id, customer_id) references customers (environment_id, id),
  constraint payment_method_stripe_id_unique unique (environment_id, connection_id, stripe_id)
);
create index payment_methods_of_customer on payment_methods (environment_id, customer_id, seq);
create index payment_methods_to_announce on payment_methods (exp_year, exp_month)
  where detached_at is null and expiry_announced_at is null and exp_year is not null;

create table setup_sessions (
  environment_id text not null,
  id text not null,
  customer_id text not null,
  connection_id text not null,
  status text not null constraint setup_session_status_known check (status in ('creating', 'open', 'complete', 'failed')),
  return_url text not null,
  cancel_url text,
  stripe_session_id text,
  url text,
  expires_at timestamptz,
  stripe_payment_method_id text,
  error jsonb,
  generation integer not null,
  created_at timestamptz not null,
  version integer not null,
  seq bigint generated always as identity,
  primary key (environment_id, id),
  foreign key (environment_id, customer_id) references customers (environment_id, id),
  constraint setup_session_stripe_id_unique unique (environment_id, connection_id, stripe_session_id)
);
create index setup_sessions_of_customer on setup_sessions (environment_id, customer_id, seq);
