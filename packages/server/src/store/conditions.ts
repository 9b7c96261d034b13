import type { Condition, NumberDraw } from '../changes.js';

/** What `commit.ts` offers to those who add what must hold while it writes. */
export interface ConditionParts {
  records(rows: readonly Record<string, unknown>[]): string;
  value(value: unknown): string;
  clause(name: string, sql: string): void;
  /** `subject` names what was changed by somebody else when the clause did not find this many rows. */
  expect(clause: string, count: number, subject: string): void;
}

const KEY = 'environment_id text, id text';
const keysOf = (conditions: readonly Condition[]): Record<string, unknown>[] =>
  conditions.map(({ environmentId, id }) => ({ environment_id: environmentId, id }));

/**
 * What must hold of rows that the commit does not write. Each is looked at under a lock that lasts as long as the commit,
 * so that two commits, of which one makes true what the other must not meet, wait for each other. Sharing is enough where
 * the row is only relied on: invoices of one customer do not wait for one another.
 *
 * The order of locks, which is the order of the checks in the statement: customers, then the issuer whose number is drawn,
 * then the rows written. Nobody who holds one of the later waits for an earlier, so nobody waits in a circle.
 */
export function addConditions(parts: ConditionParts, conditions: readonly Condition[]): void {
  const of = (kind: Condition['kind']) => conditions.filter((condition) => condition.kind === kind);
  addStanding(parts, of('customer_not_deleted'));
  addOwingNothing(parts, of('customer_owes_nothing'));
  addUnbegun(parts, of('number_series_not_begun'));
}

function addStanding(parts: ConditionParts, conditions: readonly Condition[]): void {
  if (conditions.length === 0) return;
  parts.clause(
    'customers_not_deleted',
    `select 1
from customers c
join jsonb_to_recordset(${parts.records(keysOf(conditions))}) as r(${KEY}) using (environment_id, id)
where c.deleted_at is null
for share of c`,
  );
  parts.expect('customers_not_deleted', conditions.length, 'customers');
}

function addOwingNothing(parts: ConditionParts, conditions: readonly Condition[]): void {
  if (conditions.length === 0) return;
  parts.clause(
    'customers_owing_nothing',
    `select 1
from jsonb_to_recordset(${parts.records(keysOf(conditions))}) as r(${KEY})
where not tollbridge_customer_owes(r.environment_id, r.id)`,
  );
  parts.expect('customers_owing_nothing', conditions.length, 'invoices');
}

function addUnbegun(parts: ConditionParts, conditions: readonly Condition[]): void {
  if (conditions.length === 0) return;
  parts.clause(
    'number_series_not_begun',
    `select 1
from legal_entities e
join jsonb_to_recordset(${parts.records(keysOf(conditions))}) as r(${KEY}) using (environment_id, id)
where e.next_number = 1
for no key update of e`,
  );
  parts.expect('number_series_not_begun', conditions.length, 'legal_entities');
}

/** The clause that gives the number which is drawn, once. */
export const DRAWN_NUMBER = '(select number from drawn_numbers)';

/**
 * The next number of a series. Whoever comes meanwhile waits for the issuer's row and goes on from what stands there then,
 * so that many at once queue and none is refused; and what is not committed has drawn nothing, so that there is no gap. The
 * row's version stays: it says whether the issuer is as he was read, whoever drew since.
 */
export function addDraw(parts: ConditionParts, draw: NumberDraw): void {
  const series = [{ environment_id: draw.environmentId, id: draw.legalEntityId, version: draw.version }];
  const drawn = '(e.next_number - 1)::text';
  parts.clause(
    'drawn_numbers',
    `update legal_entities as e
set next_number = e.next_number + 1
from jsonb_to_recordset(${parts.records(series)}) as r(${KEY}, version integer)
where e.environment_id = r.environment_id
  and e.id = r.id
  and e.version = r.version
returning ${parts.value(draw.form.prefix)}::text
  || lpad(${drawn}, greatest(${parts.value(draw.form.digitsMin)}::integer, length(${drawn})), '0') as number`,
  );
  parts.expect('drawn_numbers', 1, 'legal_entities');
}
