import type { Database } from './database.js';
import { fromRow, selectList, type Table } from './table.js';

/** A page of a list, newest first. At most one of the two cursors is given; both are ids and exclusive. */
export interface PageRequest {
  readonly limit: number;
  readonly startingAfter: string | null;
  readonly endingBefore: string | null;
}

export interface Page<Item> {
  readonly items: Item[];
  readonly hasMore: boolean;
}

/** One condition on a column: `sql` holds `$?` where the value goes, if it has one. The text is ours, never input. */
export interface Condition {
  readonly sql: string;
  readonly value?: unknown;
}

export interface PageOptions {
  readonly environmentId: string;
  readonly request: PageRequest;
  readonly conditions: readonly Condition[];
}

/**
 * One page, by the rising `seq` that every listed table has: times can tie, and a frozen clock makes them.
 * Null when the cursor names nothing of this environment.
 */
export async function pageOf<Row>(database: Database, of: Table<Row>, options: PageOptions): Promise<Page<Row> | null> {
  const { startingAfter, endingBefore, limit } = options.request;
  const cursor = startingAfter ?? endingBefore;
  const values: unknown[] = [options.environmentId];
  const where = ['t.environment_id = $1'];
  if (cursor !== null) {
    const position = await seqOf(database, of, options.environmentId, cursor);
    if (position === null) return null;
    values.push(position.toString());
    where.push(`t.seq ${startingAfter === null ? '>' : '<'} $${values.length}::bigint`);
  }
  for (const condition of options.conditions) {
    if ('value' in condition) values.push(condition.value);
    where.push(condition.sql.replace('$?', `$${values.length}`));
  }
  values.push(limit + 1);
  const backwards = startingAfter === null && endingBefore !== null;
  const rows = await database.query({
    text: `
select ${selectList(of, 't')}
from ${of.name} t
where ${where.join('\n  and ')}
order by t.seq ${backwards ? 'asc' : 'desc'}
limit $${values.length}`,
    values,
  });
  const items = rows.slice(0, limit).map((row) => fromRow(of, row));
  return { items: backwards ? items.reverse() : items, hasMore: rows.length > limit };
}

async function seqOf(
  database: Database,
  of: { readonly name: string },
  environmentId: string,
  id: string,
): Promise<bigint | null> {
  const [row] = await database.query({
    text: `select seq from ${of.name} where environment_id = $1 and id = $2`,
    values: [environmentId, id],
  });
  return (row?.seq ?? null) as bigint | null;
}
