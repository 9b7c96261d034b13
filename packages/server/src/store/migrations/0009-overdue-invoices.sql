-- An invoice is told to be overdue once, by its environment's clock; those that wait for that are found by their due moment.

alter table invoices add column overdue_at timestamptz;

create index invoices_not_told_overdue on invoices (environment_id, due_at)
  where status = 'finalized' and due_at is not null and overdue_at is null;
