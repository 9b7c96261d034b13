-- Why: a person lets our platform into an account that exists, on Stripe's page. What comes back from there counts only for
-- whoever was sent, in the same browser, once.

alter table connections add column connected_by jsonb;

create table consents (
  environment_id text not null,
  id text not null,
  connection_id text not null,
  -- Who asked for it; what comes of it is his doing.
  actor jsonb not null,
  return_url text,
  -- Hashes: whoever reads the database cannot go on in anybody's name.
  link_hash text not null constraint consent_link_unique unique,
  state_hash text not null constraint consent_state_unique unique,
  session_hashes text[] not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  version integer not null,
  primary key (environment_id, id),
  foreign key (environment_id, connection_id) references connections (environment_id, id)
);
create index consents_expired on consents (expires_at);
