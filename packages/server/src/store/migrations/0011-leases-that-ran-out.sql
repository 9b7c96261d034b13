-- Why: work that hangs each time, or takes its process down with it, comes to no end that could be counted. Of each job is
-- known how many of its leases in a row ran out, so that it is a dead letter at last.

alter table jobs add column lapses integer not null default 0;
