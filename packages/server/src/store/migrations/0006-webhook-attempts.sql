-- Why: what was tried to reach a host application is kept attempt by attempt, for those who ask why it was not told;
-- and what happened stays as it was written: the audit log and the books are added to, never changed.

create table webhook_delivery_attempts (
  environment_id text not null,
  id text not null,
  delivery_id text not null,
  attempted_at timestamptz not null,
  duration_milliseconds integer not null,
  response_status integer,
  response_body text,
  error text,
  seq bigint generated always as identity,
  primary key (environment_id, id),
  foreign key (environment_id, delivery_id) references webhook_deliveries (environment_id, id)
);
create index webhook_attempts_of_delivery on webhook_delivery_attempts (environment_id, delivery_id, seq);

create function tollbridge_append_only()
returns trigger
language plpgsql
as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'TB003';
end
$$;

create trigger audit_entries_append_only
before update or delete or truncate on audit_entries
for each statement execute function tollbridge_append_only();

create trigger ledger_transactions_append_only
before update or delete or truncate on ledger_transactions
for each statement execute function tollbridge_append_only();

create trigger ledger_entries_append_only
before update or delete or truncate on ledger_entries
for each statement execute function tollbridge_append_only();
