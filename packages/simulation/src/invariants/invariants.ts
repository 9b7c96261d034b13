import type { Universe } from '../stage/universe.js';
import { broken, type Violation } from '../stage/violation.js';
import { ledgerViolations } from './books.js';
import { MONEY_RULES } from './money.js';
import type { Rule } from './rule.js';
import { STRIPE_RULES } from './stripe.js';
import { TOLD_RULES } from './told.js';

/** What must be true at every moment, in the middle of everything. Gives what is not. */
export async function violationsAlways(universe: Universe): Promise<Violation[]> {
  return [
    ...universe.answers,
    ...universe.witness.violations,
    ...universe.finishedJobs.violations,
    ...universe.looksWritten.violations,
    ...(await ledgerViolations(universe)),
    ...broken('events_numbered', await sequencesHaveNoGap(universe)),
    ...broken('charged_at_most_once', await chargedAtMostOnce(universe)),
  ];
}

const RULES_AT_REST: readonly Rule[] = [...MONEY_RULES, ...STRIPE_RULES, ...TOLD_RULES];

/** What must be true once nothing is under way any more. */
export async function violationsAtRest(universe: Universe): Promise<Violation[]> {
  const found: Violation[] = [];
  for (const [rule, find] of RULES_AT_REST) found.push(...broken(rule, await find(universe)));
  return found;
}

async function sequencesHaveNoGap(universe: Universe): Promise<string[]> {
  if (!universe.written.isDue('sequences', ['events'])) return [];
  const rows = await universe.ask(`
select object_id, max(sequence)::integer as last, count(*)::integer as count
from events
group by environment_id, object_id
having max(sequence) <> count(*)`);
  return rows.map((row) => `events of ${row.object_id} number up to ${row.last}, but there are ${row.count}`);
}

/** Money taken for an invoice, less what went or is going back, is never more than the invoice. */
async function chargedAtMostOnce(universe: Universe): Promise<string[]> {
  const { witness } = universe;
  if (!witness.isChargeNew()) return [];
  const rows = await universe.ask('select id, total_minor from invoices');
  const invoices = new Map(rows.map((row) => [row.id as string, row]));
  const wrong: string[] = [];
  for (const [invoice, kept] of witness.keptByInvoice()) {
    const row = invoices.get(invoice);
    if (row === undefined) wrong.push(`${invoice} was charged but is not ours`);
    else if (!witness.isExcused(invoice) && kept > (row.total_minor as bigint))
      wrong.push(`${invoice} of ${row.total_minor} was charged ${kept}`);
  }
  return wrong;
}
