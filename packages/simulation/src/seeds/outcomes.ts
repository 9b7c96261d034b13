import type { Universe } from './universe.js';

/** What a run must have led to at least once, else its invariants looked at nothing: a question to our rows each. */
const OUTCOMES: Readonly<Record<string, string>> = {
  'invoices paid': `select count(*) from invoices where environment_id = $1 and status = 'paid'`,
  'invoices failed': `select count(*) from invoices where environment_id = $1 and payment_status = 'failed'`,
  'invoices voided': `select count(*) from invoices where environment_id = $1 and status = 'void'`,
  'charged automatically': `select count(*) from payments where environment_id = $1 and status = 'succeeded' and kind = 'automatic'`,
  'collected by page': `select count(*) from payments where environment_id = $1 and status = 'succeeded' and kind = 'hosted'`,
  'payments withdrawn': `select count(*) from payments where environment_id = $1 and status = 'canceled'`,
  'refunds succeeded': `select count(*) from refunds where environment_id = $1 and status = 'succeeded'`,
  'refunds failed': `select count(*) from refunds where environment_id = $1 and status in ('failed', 'canceled')`,
  'refunds made at Stripe': `select count(*) from refunds where environment_id = $1 and origin = 'stripe'`,
  disputes: `select count(*) from disputes where environment_id = $1`,
  'customers deleted': `select count(*) from customers where environment_id = $1 and deleted_at is not null`,
};

/** From how many seeds on a run is long enough that each outcome must be among them. */
export const SEEDS_FOR_EVERY_OUTCOME = 20;

/** What the seeds of a run led to. */
export class Outcomes {
  readonly #counts = new Map<string, number>(Object.keys(OUTCOMES).map((name) => [name, 0]));

  /** Counts how a seed ended. */
  async count(universe: Universe): Promise<void> {
    for (const [name, text] of Object.entries(OUTCOMES)) {
      const [row] = await universe.database.query({ text, values: [universe.environmentId] });
      this.#counts.set(name, (this.#counts.get(name) ?? 0) + Number(row?.count ?? 0));
    }
  }

  /** The outcomes that never came. */
  get missing(): readonly string[] {
    return [...this.#counts].filter(([, count]) => count === 0).map(([name]) => name);
  }

  print(): string {
    return [...this.#counts].map(([name, count]) => `${name.padEnd(24)}${String(count).padStart(8)}`).join('\n');
  }
}
