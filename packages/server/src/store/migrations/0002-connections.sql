-- Why: the link of an environment to a Stripe account, how it came to its status, and what Stripe tells us through it.

create table connections (
  environment_id text not null references environments (id),
  id text not null,
  code text not null,
  name text not null,
  mode text not null constraint connection_mode_known check (mode in ('key', 'managed', 'oauth')),
  status text not null
    constraint connection_status_known
    check (status in ('connecting', 'in_progress', 'connected', 'disconnected', 'error')),
  reason text not null,
  status_message text,
  status_changed_at timestamptz not null,
  enabled boolean not null,
  create_customers boolean not null,
  is_default boolean not null,
  stripe_account_id text,
  livemode boolean not null,
  host text not null constraint connection_host_known check (host in ('stripe', 'sandbox')),
  api_version text not null,
  publishable_key text,
  secret_key_hint text,
  card_payments text not null
    constraint connection_card_payments_known
    check (card_payments in ('active', 'pending', 'inactive', 'unknown')),
  requirements jsonb not null,
  deadline_at timestamptz,
  checklist jsonb not null,
  webhook_mode text not null constraint connection_webhook_mode_known check (webhook_mode in ('managed', 'manual', 'none')),
  webhook_endpoint_id text,
  webhook_problem text,
  last_push_at timestamptz,
  last_event_at timestamptz,
  created_at timestamptz not null,
  version integer not null,
  seq bigint generated always as identity,
  primary key (environment_id, id),
  constraint connection_id_unique unique (id),
  constraint connection_code_unique unique (environment_id, code),
  constraint connection_account_unique unique (environment_id, host, stripe_account_id),
  -- Checked at the end of a statement, so that one commit can hand the title from one connection to another.
  constraint connection_default_is_one
    exclude using btree (environment_id with =)
    where (is_default)
    deferrable initially immediate
);

create table connection_credentials (
  environment_id text not null,
  connection_id text not null,
  secret_key_sealed text,
  webhook_secret_sealed text,
  second_webhook_secret_sealed text,
  second_webhook_secret_expires_at timestamptz,
  version integer not null,
  primary key (environment_id, connection_id),
  foreign key (environment_id, connection_id) references connections (environment_id, id)
);

create table connection_transitions (
  environment_id text not null,
  id text not null,
  connection_id text not null,
  from_status text,
  to_status text not null,
  reason text not null,
  message text,
  occurred_at timestamptz not null,
  seq bigint generated always as identity,
  primary key (environment_id, id),
  foreign key (environment_id, connection_id) references connections (environment_id, id)
);
create index connection_transitions_newest on connection_transitions (environment_id, connection_id, seq);

create table stripe_event_polls (
  environment_id text not null,
  connection_id text not null,
  interval_seconds integer not null constraint stripe_event_poll_interval_positive check (interval_seconds > 0),
  due_at timestamptz not null,
  seen_until bigint not null,
  pass_seen_until bigint,
  pass_page_after text,
  last_polled_at timestamptz,
  last_error text,
  missing_events text[],
  version integer not null,
  primary key (environment_id, connection_id),
  foreign key (environment_id, connection_id) references connections (environment_id, id)
);
create index stripe_event_polls_due on stripe_event_polls (due_at);

create table stripe_events (
  environment_id text not null,
  connection_id text not null,
  stripe_event_id text not null,
  id text not null,
  type text not null,
  api_version text,
  livemode boolean not null,
  account text,
  object_id text,
  occurred_at timestamptz not null,
  payload jsonb not null,
  received_via text not null constraint stripe_event_way_known check (received_via in ('push', 'poll')),
  received_at timestamptz not null,
  status text not null
    constraint stripe_event_status_known check (status in ('pending', 'applied', 'ignored', 'foreign', 'dead')),
  attempts integer not null,
  last_error text,
  processed_at timestamptz,
  version integer not null,
  seq bigint generated always as identity,
  primary key (environment_id, connection_id, stripe_event_id),
  constraint stripe_event_row_unique unique (environment_id, id),
  foreign key (environment_id, connection_id) references connections (environment_id, id)
);
create index stripe_events_newest on stripe_events (environment_id, seq);
create index stripe_events_by_status on stripe_events (environment_id, status, seq);
create index stripe_events_by_type on stripe_events (environment_id, type, seq);

create table stripe_tickets (
  environment_id text not null,
  connection_id text not null,
  object_id text not null,
  issued bigint not null,
  applied bigint not null,
  primary key (environment_id, connection_id, object_id)
);

-- Whatever was fetched with an older ticket must not overwrite what a later one has brought.
create function tollbridge_ticket_rises()
returns trigger
language plpgsql
as $$
begin
  if new.applied < old.applied then
    raise exception using
      errcode = 'TB002',
      message = 'stripe_tickets';
  end if;
  return new;
end
$$;

create trigger stripe_ticket_rises
before update of applied on stripe_tickets
for each row
execute function tollbridge_ticket_rises();
