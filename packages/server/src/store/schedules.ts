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
