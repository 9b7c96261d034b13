import type { Universe } from '../stage/universe.js';

const of = (table: string, condition: string): string => `select count(*) from ${table} where ${condition}`;

/** What a run must have led to at least once, else its invariants looked at nothing: a question to our rows each. */
const OUTCOMES: Readonly<Record<string, string>> = {
  'invoices paid': of('invoices', `status = 'paid'`),
  'invoices failed': of('invoices', `payment_status = 'failed'`),
  'invoices voided': of('invoices', `status = 'void'`),
  'invoices written off': of('invoices', `status = 'uncollectible'`),
  'charged automatically': of('payments', `status = 'succeeded' and kind = 'automatic'`),
  'collected by page': of('payments', `status = 'succeeded' and kind = 'hosted'`),
  'paid offline': of('payments', `kind = 'offline'`),
  'paid after a challenge': `
select count(*)
from payments p
where p.status = 'succeeded'
  and p.kind = 'automatic'
  and exists (
    select 1
    from events e
    where e.environment_id = p.environment_id
      and e.object_id = p.id
      and e.type = 'payment.requires_action'
  )`,
  'challenges failed': of(
    'events',
    `type = 'payment.failed' and data::text like '%payment_intent_authentication_failure%'`,
  ),
  'confirmed again': of('payments', 'confirmations > 1'),
  'payments withdrawn': of('payments', `status = 'canceled'`),
  'held back': of('payments', 'held_back_at is not null'),
  'attempts released': of('audit_entries', `action = 'payment.released'`),
  'refunds succeeded': of('refunds', `status = 'succeeded'`),
  'refunds failed': of('refunds', `status in ('failed', 'canceled')`),
  'refunds made at Stripe': of('refunds', `origin = 'stripe'`),
  'excess given back': of('refunds', `status = 'succeeded' and reason = 'overpayment'`),
  'credit notes refunded': of('credit_notes', 'refund_minor > 0'),
  'credit notes credited': of('credit_notes', 'credit_minor > 0'),
  'credit notes against debt': of('credit_notes', 'against_debt_minor > 0'),
  'disputes won': of('disputes', `outcome = 'won'`),
  'disputes lost': of('disputes', `outcome = 'lost'`),
  'cards removed': of('payment_methods', 'detached_at is not null'),
  'set up by page': of('setup_sessions', `status = 'complete'`),
  'customers deleted': of('customers', 'deleted_at is not null'),
  'twins deleted at Stripe': of('events', `type = 'customer.payment_provider_removed'`),
  'connections lost': of('connection_transitions', `to_status = 'disconnected'`),
  'connections back': of('connection_transitions', `from_status = 'disconnected' and to_status <> 'disconnected'`),
  'second connections': of('connections', `code = 'second' and status = 'connected'`),
  'paid through a second': `
select count(*)
from payments p
join connections k on k.environment_id = p.environment_id
  and k.id = p.connection_id
where p.status = 'succeeded'
  and k.code = 'second'`,
};

/** What needs several rare things to meet: a run must be longer for it. */
const RARE = new Set([
  'excess given back',
  'attempts released',
  'paid after a challenge',
  'challenges failed',
  'credit notes refunded',
]);
const SEEDS_FOR_EVERY_OUTCOME = 20;
const SEEDS_FOR_RARE_OUTCOMES = 150;

const SEARCHES = 'unknown outcomes asked for';
/** Everything that is counted, in the order of the print. */
export const OUTCOME_NAMES: readonly string[] = [...Object.keys(OUTCOMES), SEARCHES];

/** What the seeds of a run led to. */
export class Outcomes {
  readonly #counts = new Map<string, number>(OUTCOME_NAMES.map((name) => [name, 0]));

  /** Counts how a seed ended. */
  async count(universe: Universe): Promise<void> {
    for (const [name, text] of Object.entries(OUTCOMES)) {
      const [row] = await universe.ask(text);
      this.add(name, Number(row?.count ?? 0));
    }
    this.add(SEARCHES, universe.witness.searches);
  }

  countOf(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  add(name: string, count: number): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + count);
  }

  /** The outcomes that never came although the run was long enough for them. */
  missingAfter(seeds: number): readonly string[] {
    const isLongEnough = (name: string) =>
      seeds >= (RARE.has(name) ? SEEDS_FOR_RARE_OUTCOMES : SEEDS_FOR_EVERY_OUTCOME);
    return [...this.#counts].filter(([name, count]) => count === 0 && isLongEnough(name)).map(([name]) => name);
  }

  print(): string {
    return [...this.#counts].map(([name, count]) => `${name.padEnd(28)}${String(count).padStart(8)}`).join('\n');
  }
}
