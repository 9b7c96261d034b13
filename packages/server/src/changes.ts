import { type Instant, type InvoiceNumberForm, invariant, type LedgerTransaction } from '@tollbridge/core';
import { keyOf, type Table } from './store/table.js';

/** Which queue a job waits in: a full lane never holds up another (docs/decisions/0004). */
export type Lane = 'intake' | 'money' | 'delivery' | 'bulk';

/** What a job can be about. Who does it, and what its burial leaves, is one row of `effects/index.ts`. */
export type JobKind =
  | 'apply_stripe_event'
  | 'carry_out_payment'
  | 'check_connection'
  | 'collect_customer'
  | 'collect_invoice'
  | 'create_stripe_account'
  | 'create_stripe_customer'
  | 'create_stripe_refund'
  | 'delete_stripe_customer'
  | 'delete_webhook_endpoint'
  | 'deliver_webhook'
  | 'detach_payment_method'
  | 'end_connection'
  | 'ensure_webhook_endpoint'
  | 'erase_customer_traces'
  | 'open_setup_session'
  | 'poll_stripe_events'
  | 'post_balance_transactions'
  | 'refund_payment'
  | 'reread_objects'
  | 'release_stripe_customer'
  | 'repair_stripe_customer'
  | 'replace_webhook_endpoint'
  | 'see_to_platform'
  | 'set_default_payment_method'
  | 'sync_customer_from_stripe'
  | 'update_stripe_customer'
  | 'update_webhook_endpoint'
  | 'withdraw_payment';

export interface NewJob {
  readonly environmentId: string;
  readonly id: string;
  readonly lane: Lane;
  readonly kind: JobKind;
  /** Jobs of one key run one after the other, in the order they were committed. */
  readonly key: string | null;
  /** While a job with this key still waits, committing another only makes sure it is due no later. */
  readonly dedupeKey: string | null;
  readonly connectionId: string | null;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly dueAt: Instant;
  readonly attemptsMax: number;
  /** A lease taken at once, for work that the committing request does itself (`perform.ts`). */
  readonly lease: { readonly token: string; readonly until: Instant } | null;
}

export interface NewEvent {
  readonly environmentId: string;
  readonly id: string;
  readonly type: string;
  readonly objectKind: string;
  readonly objectId: string;
  readonly data: unknown;
}

export interface Actor {
  readonly kind: 'api_key' | 'person' | 'stripe' | 'system' | 'payer';
  readonly id: string | null;
  readonly address: string | null;
  readonly requestId: string | null;
}

export interface NewAuditEntry {
  readonly environmentId: string;
  readonly id: string;
  readonly actor: Actor;
  readonly action: string;
  readonly objectKind: string;
  readonly objectId: string;
  readonly before: unknown;
  readonly after: unknown;
}

export interface NewPosting {
  readonly environmentId: string;
  readonly id: string;
  readonly transaction: LedgerTransaction;
}

/** Why a job was given back or set aside. */
export interface JobError {
  readonly code: string;
  readonly message: string;
}

/** A job under its lease: what is said of it counts only while the lease is still the worker's own. */
export interface HeldJob {
  readonly environmentId: string;
  readonly jobId: string;
  readonly leaseToken: string;
}

/** Given back for later. */
export interface PostponedJob extends HeldJob {
  readonly dueAt: Instant;
  readonly error: JobError;
  /** The attempt did not count: it was not the job's fault (a rate limit, a shutdown). */
  readonly isUncounted: boolean;
  /** Later jobs of its key need not wait for it any longer. */
  readonly freesKey: boolean;
}

/** Set aside for people to see: a dead letter, which frees its key. */
export interface BuriedJob extends HeldJob {
  readonly error: JobError;
}

/** A dead letter as it was read: put back to work only while it is dead since then. */
export interface RevivedJob {
  readonly environmentId: string;
  readonly id: string;
  readonly deadAt: Instant;
}

/** What must hold of a row when the commit happens, although it is not written. */
export interface Condition {
  readonly kind:
    | 'customer_not_deleted'
    /** None of his invoices is open. */
    | 'customer_owes_nothing'
    /** The issuer has given out no number yet. */
    | 'number_series_not_begun';
  readonly environmentId: string;
  /** Of the customer or legal entity. */
  readonly id: string;
}

/** The next number of an issuer's series, which is known only when the commit is done. */
export interface NumberDraw {
  readonly environmentId: string;
  readonly legalEntityId: string;
  /** The issuer as he was read: when he was changed meanwhile, no number is given out. */
  readonly version: number;
  readonly form: InvoiceNumberForm;
  /** Stands for the number in all that is written, and cannot be guessed: the commit puts the number in its place. */
  readonly standIn: string;
}

export interface RowWrites<Row> {
  readonly table: Table<Row>;
  readonly inserts: Map<string, Row>;
  readonly insertsIfAbsent: Map<string, Row>;
  readonly updates: Map<string, Row>;
  readonly deletes: Map<string, Row>;
}

/**
 * Everything one decision does, written by `commit` as one statement: all of it, or nothing.
 * A row appears once; an update carries the version that was read and is refused when another stands there.
 */
export class Changes {
  readonly rows = new Map<string, RowWrites<unknown>>();
  readonly postings: NewPosting[] = [];
  readonly events: NewEvent[] = [];
  readonly audit: NewAuditEntry[] = [];
  readonly jobs: NewJob[] = [];
  readonly finished: HeldJob[] = [];
  readonly postponed: PostponedJob[] = [];
  readonly buried: BuriedJob[] = [];
  readonly revived: RevivedJob[] = [];
  readonly conditions: Condition[] = [];
  #draw: NumberDraw | null = null;

  insert<Row>(table: Table<Row>, ...rows: readonly Row[]): this {
    return this.#write(table, 'inserts', rows);
  }

  /** For facts told twice: a row that is there already stays as it is. */
  insertIfAbsent<Row>(table: Table<Row>, ...rows: readonly Row[]): this {
    return this.#write(table, 'insertsIfAbsent', rows);
  }

  /** `version` of each row is the one that was read; the stored one becomes the next. */
  update<Row>(table: Table<Row>, ...rows: readonly Row[]): this {
    return this.#write(table, 'updates', rows);
  }

  delete<Row>(table: Table<Row>, ...rows: readonly Row[]): this {
    return this.#write(table, 'deletes', rows);
  }

  post(...postings: readonly NewPosting[]): this {
    this.postings.push(...postings);
    return this;
  }

  tell(...events: readonly NewEvent[]): this {
    this.events.push(...events);
    return this;
  }

  note(...entries: readonly NewAuditEntry[]): this {
    this.audit.push(...entries);
    return this;
  }

  enqueue(...jobs: readonly NewJob[]): this {
    this.jobs.push(...jobs);
    return this;
  }

  finish(...jobs: readonly HeldJob[]): this {
    this.finished.push(...jobs);
    return this;
  }

  postpone(...jobs: readonly PostponedJob[]): this {
    this.postponed.push(...jobs);
    return this;
  }

  bury(...jobs: readonly BuriedJob[]): this {
    this.buried.push(...jobs);
    return this;
  }

  revive(...jobs: readonly RevivedJob[]): this {
    this.revived.push(...jobs);
    return this;
  }

  require(...conditions: readonly Condition[]): this {
    this.conditions.push(...conditions);
    return this;
  }

  draw(draw: NumberDraw): this {
    invariant(this.#draw === null, 'a commit draws one number');
    this.#draw = draw;
    return this;
  }

  get numberDraw(): NumberDraw | null {
    return this.#draw;
  }

  /** Takes over everything of another decision: what two rules ask for together is still one commit. */
  add(other: Changes): this {
    for (const writes of other.rows.values()) {
      this.#write(writes.table, 'inserts', [...writes.inserts.values()]);
      this.#write(writes.table, 'insertsIfAbsent', [...writes.insertsIfAbsent.values()]);
      this.#write(writes.table, 'updates', [...writes.updates.values()]);
      this.#write(writes.table, 'deletes', [...writes.deletes.values()]);
    }
    if (other.numberDraw !== null) this.draw(other.numberDraw);
    return this.finish(...other.finished)
      .postpone(...other.postponed)
      .bury(...other.buried)
      .revive(...other.revived)
      .post(...other.postings)
      .tell(...other.events)
      .note(...other.audit)
      .enqueue(...other.jobs)
      .require(...other.conditions);
  }

  /** Conditions alone write nothing. */
  get isEmpty(): boolean {
    return (
      this.rows.size + this.postings.length + this.events.length === 0 &&
      this.audit.length + this.jobs.length + this.revived.length === 0 &&
      this.finished.length + this.postponed.length + this.buried.length === 0 &&
      this.#draw === null
    );
  }

  #write<Row>(table: Table<Row>, how: keyof Omit<RowWrites<Row>, 'table'>, rows: readonly Row[]): this {
    if (rows.length === 0) return this;
    let writes = this.rows.get(table.name) as RowWrites<Row> | undefined;
    if (writes === undefined) {
      writes = { table, inserts: new Map(), insertsIfAbsent: new Map(), updates: new Map(), deletes: new Map() };
      this.rows.set(table.name, writes as unknown as RowWrites<unknown>);
    }
    invariant(writes.table === table, `a commit writes ${table.name} with one set of columns`);
    for (const row of rows) {
      const key = keyOf(table, row);
      const { inserts, insertsIfAbsent, updates, deletes } = writes;
      const taken =
        [inserts, updates, deletes].some((rowsOf) => rowsOf.has(key)) ||
        (how !== 'insertsIfAbsent' && insertsIfAbsent.has(key));
      invariant(!taken, `a commit writes the row ${key} of ${table.name} once`);
      (writes[how] as Map<string, Row>).set(key, row);
    }
    return this;
  }
}
