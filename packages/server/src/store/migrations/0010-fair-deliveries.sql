-- Why: webhooks waited in one line an environment, so that one endpoint whose host hangs took all places of the lane. Work
-- now waits by its source, which has a budget: a connection, or an endpoint of the host.

update jobs j
set payload = j.payload || jsonb_build_object('endpointId', d.endpoint_id)
from webhook_deliveries d
where j.kind = 'deliver_webhook'
  and d.environment_id = j.environment_id
  and d.id = j.payload ->> 'deliveryId';

alter table jobs
  add column source text not null generated always as (coalesce(connection_id, payload ->> 'endpointId', '')) stored;

drop index jobs_claimable;
create index jobs_claimable on jobs (lane, environment_id, source, due_at, seq)
  where dead_at is null and not blocked;

drop index jobs_leased_by_connection;
create index jobs_leased_by_source on jobs (environment_id, source) where lease_until is not null and source <> '';
