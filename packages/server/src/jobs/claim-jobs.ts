import { type Instant, isoFromInstant } from '@tollbridge/core';
import type { Lane } from '../changes.js';
import type { Database } from '../store/database.js';
import { CLAIMABLE, COUNTED, JOB_COLUMNS, type Job, jobFromRow } from './queue.js';

export interface ClaimOptions {
  readonly now: Instant;
  readonly leaseUntil: Instant;
  readonly token: string;
  /** The lanes that are looked into; where two have work of one source, what it may have goes to the first of them. */
  readonly lanes: readonly LaneRoom[];
}

/** What a process can take of one lane. */
export interface LaneRoom {
  readonly lane: Lane;
  /** The places of the lane that are free in this process. */
  readonly batchMax: number;
  /**
   * Jobs of one source that may be under way at once: of a connection, because Stripe allows few requests a second in
   * test mode; of a webhook endpoint, because its host may hang.
   */
  readonly perSourceMax: number;
  /** The places of the lane that are taken in this process. */
  readonly taken: readonly PlacesTaken[];
}

/** Places of a lane in this process, by whose work is in them. */
export interface PlacesTaken {
  readonly environmentId: string;
  readonly source: string;
  readonly places: number;
}

/**
 * An environment takes another place only while it has no more than three for each that is free: of sixteen a lone one
 * has at most twelve, two have seven each, and up to five leave one to whoever has none. Nobody's share depends on how
 * many endpoints or connections he has.
 */
const PLACES_PER_FREE_PLACE = 3;
/** More than all lanes have places. Said as a number, so that a plan made for any batch does not read the table for it. */
const CLAIMED_MAX = 100;

/**
 * Takes up to a batch of due work of each lane, and no more of one source or one environment than its budget allows: so
 * none of them ever has all places of a lane. Whoever has the fewest places comes first, environments among each other and
 * sources within theirs. Rows that another worker is looking at are passed over, never waited for.
 *
 * It steps from source to source (an environment, or one connection or webhook endpoint of it) along the index
 * `jobs_claimable` and takes the first due heads of each, so that neither a long key, nor a used up budget, nor another
 * environment's backlog lies in the way. With 50,000 jobs behind one head that is not due, a claim takes 0.6 ms on
 * PostgreSQL and 0.5 ms embedded, with 50,000 more over a used up budget 0.6 and 0.3 ms, and 2.2 and 1.5 ms when it takes
 * twelve of those (the best of 60, two cores shared with other work); asking of each candidate whether an older one stands
 * before it took 327 s. All lanes are looked into at once, because most looks find nothing in most of them.
 */
export async function claimJobs(database: Database, options: ClaimOptions): Promise<Job[]> {
  const { lanes } = options;
  const rows = await database.query({
    name: 'claim_jobs',
    text: CLAIM_JOBS,
    values: [
      isoFromInstant(options.now),
      lanes.map(({ lane }) => lane),
      lanes.map(({ batchMax }) => batchMax),
      lanes.map(({ perSourceMax }) => perSourceMax),
      options.token,
      isoFromInstant(options.leaseUntil),
      JSON.stringify(
        lanes.flatMap(({ lane, taken }) => taken.map((each) => [lane, each.environmentId, each.source, each.places])),
      ),
    ],
  });
  return rows.sort((a, b) => Number((a.seq as bigint) - (b.seq as bigint))).map(jobFromRow);
}

const CLAIM_JOBS = `
with recursive lanes as materialized (
  select *
  from unnest($2::text[], $3::bigint[], $4::bigint[]) with ordinality as l (lane, places, per_source, rank)
), sources as (
  select l.lane, first.environment_id, first.source
  from lanes l
  cross join lateral (
    select j.environment_id, j.source
    from jobs j
    where j.lane = l.lane
      and j.dead_at is null
      and not j.blocked
    order by j.environment_id, j.source
    limit 1
  ) first
  union all
  select s.lane, next.environment_id, next.source
  from sources s
  cross join lateral (
    select j.environment_id, j.source
    from jobs j
    where j.lane = s.lane
      and j.dead_at is null
      and not j.blocked
      and (j.environment_id, j.source) > (s.environment_id, s.source)
    order by j.environment_id, j.source
    limit 1
  ) next
), budgets as (
  select l.lane, l.places, l.rank, s.environment_id, s.source,
    case
      when s.source = '' then l.places
      else greatest(0, l.per_source - (
        select count(*)
        from jobs running
        where running.environment_id = s.environment_id
          and running.source = s.source
          and running.source <> ''
          and running.lease_until > $1
      ))
    end as room
  from sources s
  join lanes l on l.lane = s.lane
), taken as materialized (
  select each.value ->> 0 as lane, each.value ->> 1 as environment_id, each.value ->> 2 as source,
    (each.value ->> 3)::bigint as places
  from jsonb_array_elements($7::jsonb) each
), taken_by_environment as (
  select lane, environment_id, sum(places)::bigint as places
  from taken
  group by lane, environment_id
), due as (
  select b.lane, b.places, b.source, b.room, head.environment_id, head.id, head.due_at, head.seq,
    coalesce(t.places, 0) + row_number()
      over (partition by b.lane, head.environment_id, b.source order by head.due_at, head.seq) as place_of_source,
    row_number() over (partition by head.environment_id, b.source order by b.rank, head.due_at, head.seq) as nth_of_source
  from budgets b
  left join taken t on t.lane = b.lane and t.environment_id = b.environment_id and t.source = b.source
  cross join lateral (
    select j.environment_id, j.id, j.due_at, j.seq
    from jobs j
    where j.lane = b.lane
      and j.environment_id = b.environment_id
      and j.source = b.source
      and ${CLAIMABLE}
    order by j.due_at, j.seq
    limit least(b.places, b.room)
  ) head
), turns as (
  select d.lane, d.places, d.environment_id, d.id, d.seq,
    coalesce(e.places, 0) + row_number()
      over (partition by d.lane, d.environment_id order by d.place_of_source, d.due_at, d.seq) as place
  from due d
  left join taken_by_environment e on e.lane = d.lane and e.environment_id = d.environment_id
  where d.source = ''
     or d.nth_of_source <= d.room
), lined_up as (
  select lane, places, environment_id, id, place, row_number() over (partition by lane order by place, seq) as turn
  from turns
), chosen as (
  -- Along the line places only rise and free ones only fall: whom this stops, it stops with all behind him.
  select environment_id, id
  from lined_up
  where turn <= places
    and place <= ${PLACES_PER_FREE_PLACE} * (places - turn + 1)
), locked as (
  select held.environment_id, held.id
  from chosen c
  cross join lateral (
    select j.environment_id, j.id
    from jobs j
    where j.environment_id = c.environment_id
      and j.id = c.id
      and ${CLAIMABLE}
    for update skip locked
  ) held
  limit ${CLAIMED_MAX}
)
update jobs j
set lease_token = $5, lease_until = $6, ${COUNTED}, dedupe_key = null,
  first_attempt_at = coalesce(j.first_attempt_at, $1)
from locked
where j.environment_id = locked.environment_id
  and j.id = locked.id
returning ${JOB_COLUMNS}, j.seq`;
