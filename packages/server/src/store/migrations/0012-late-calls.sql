-- Why: a call may reach Stripe, or be seen in its lists, after its key was of no use any more. Then nothing is sent under the
-- key, and only when such calls have ended is Stripe asked, and perhaps another key taken. What is looked for is at most as
-- old as the key by the clocks of the moment at which it was made, which may have been moved since. And a refund that was
-- closed as never made is opened again when Stripe tells of it all the same.

alter table payments add column key_spent_at timestamptz;
alter table payments add column search_from_at timestamptz;
alter table refunds add column key_spent_at timestamptz;
alter table refunds add column reopened_at timestamptz;
alter table customers add column provider_key_spent_at timestamptz;
alter table customers add column provider_search_from_at timestamptz;

-- Of keys made before, as well as it can be known: by the clocks as they are now.
update payments p
set search_from_at = least(
  p.key_used_at,
  case e.clock_mode
    when 'offset' then p.key_used_at + e.clock_offset_milliseconds * interval '1 millisecond'
    when 'frozen' then e.clock_frozen_at
  end
)
from environments e
where e.id = p.environment_id
  and p.key_used_at is not null;

update customers c
set provider_search_from_at = least(
  c.provider_begun_at,
  case e.clock_mode
    when 'offset' then c.provider_begun_at + e.clock_offset_milliseconds * interval '1 millisecond'
    when 'frozen' then e.clock_frozen_at
  end
)
from environments e
where e.id = c.environment_id
  and c.provider_begun_at is not null;

alter table payments
  add constraint payment_search_begins_with_key check ((search_from_at is null) = (key_used_at is null));
alter table customers
  add constraint customer_search_begins_with_key check ((provider_search_from_at is null) = (provider_begun_at is null));
