-- Why: after an interruption somebody asks whether anything was missed. What was, how much of it is applied, and, where Stripe
-- keeps its events no longer, what was read again, stands on the connection.

alter table stripe_event_polls add column pass_began_at timestamptz;
alter table stripe_event_polls add column looked_until timestamptz;
update stripe_event_polls set looked_until = last_polled_at;
alter table stripe_event_polls add column gap jsonb;

alter table stripe_events drop constraint stripe_event_way_known;
alter table stripe_events
  add constraint stripe_event_way_known check (received_via in ('push', 'poll', 'reread'));
