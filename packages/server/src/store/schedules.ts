import type { Database } from './database.js';

/** Takes the turn of a schedule if it is due, for one process only, and sets its next time. */
export async function takeSchedule(database: Database, name: string, now: string, next: string): Promise<boolean> {
  const rows = await database.query({
    name: 'take_schedule',
    text: `
insert into schedules as s (name, due_at)
values ($1, $3)
on conflict (name) do update
set due_at = excluded.due_at
where s.due_at <= $2
returning 1`,
    values: [name, now, next],
  });
  return rows.length === 1;
}

/** The schedules whose time has not come. Looking writes nothing, so that an idle worker leaves the disk alone. */
export async function findSchedulesAhead(database: Database, now: string): Promise<ReadonlySet<string>> {
  const rows = await database.query({
    name: 'find_schedules_ahead',
    text: 'select name from schedules where due_at > $1',
    values: [now],
  });
  return new Set(rows.map((row) => row.name as string));
}
