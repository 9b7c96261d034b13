-- Why: connections whose account our platform made, or was let into, act by the platform's key; the platform has one endpoint
-- for snapshot events of all of them, and one destination for thin ones.

create table stripe_platforms (
  id text not null primary key,
  host text not null constraint stripe_platform_host_known check (host in ('stripe', 'sandbox')),
  livemode boolean not null,
  -- The platform's own account, by which a key of another platform is known.
  account_id text,
  endpoint_id text,
  endpoint_secret_sealed text,
  destination_id text,
  destination_secret_sealed text,
  -- Who is making them at Stripe, and since when: two at once would make two of each.
  made_by text,
  made_since timestamptz,
  seen_to_at timestamptz,
  version integer not null,
  constraint stripe_platform_unique unique (host, livemode)
);

-- What a platform's events are about: they name the account and no environment.
create index connections_of_platforms on connections (host, stripe_account_id) where mode <> 'key';

-- What an account is to be made with, until it is made.
alter table connections add column account_wanted jsonb;

alter table connections drop constraint connection_webhook_mode_known;
alter table connections
  add constraint connection_webhook_mode_known check (webhook_mode in ('managed', 'manual', 'platform', 'none'));

-- Requirements say since then whether they stop payments; the next check says it anew.
update connections
set
  requirements = (
    select coalesce(jsonb_agg(r || '{"stopsPayments": true}'), '[]')
    from jsonb_array_elements(requirements) r
  )
where requirements <> '[]';
