import { type Clock, clockNowMs } from './clock.js';
import { defineCollection, type StoredObject } from './collection.js';
import { DueHeap } from './due-heap.js';
import { RateLimits } from './rate-limits.js';
import { RequestLog } from './request-log.js';
import { IndexLag } from './search/index-lag.js';
import { Store } from './store.js';
import type { AccountProfile, DeletedStub } from './work.js';

/** What the sandbox knows of an account itself; kept in the root store, by account id. */
export interface AccountRecord extends StoredObject, AccountProfile {
  readonly clock: Clock;
  /** Set by the control API; the sandbox's own when left out. */
  readonly searchLagSeconds?: number;
}

export const accountRecords = defineCollection<AccountRecord>({ type: '_account', prefix: 'acct', label: 'account' });

/** What was set for one key by the control API or in the dashboard. */
export interface KeyRecord extends StoredObject {
  readonly revoked: boolean;
  /** Seconds of the account's clock from which it is refused, since another took its place; left out, never. */
  readonly expiresAt?: number;
  /** What an operator calls it. */
  readonly name?: string;
  /** Permission → right; null: all of them. */
  readonly permissions: Readonly<Record<string, 'none' | 'read' | 'write'>> | null;
}

export const keyRecords = defineCollection<KeyRecord>({ type: '_key', prefix: 'key' });

export interface DueRecord extends StoredObject {
  readonly kind: string;
  readonly objectId: string;
  /** Seconds of the account's clock, or of the test clock's. */
  readonly at: number;
  /** The test clock that must come so far; left out, the account's own. */
  readonly clock?: string;
}

export const dueRecords = defineCollection<DueRecord>({ type: '_due', prefix: 'due', indexes: ['clock'] });

export interface DeletedRecord extends StoredObject {
  readonly stub: DeletedStub;
}

export const deletedRecords = defineCollection<DeletedRecord>({ type: '_deleted', prefix: 'deleted' });

/** Everything of one account that is held in memory; all of it but the log and the locks comes back from the journal. */
export class Account {
  record: AccountRecord;
  readonly store = new Store();
  /** `dueRecords` of the account's own time, by that time. */
  readonly due = new DueHeap();
  /** Those of each test clock. */
  readonly dueOnClocks = new Map<string, DueHeap>();
  /** Requests whose answer has not left yet because a fault delays it: idempotency key or object id → machine time it ends. */
  readonly inFlight = new Map<string, number>();
  readonly requests = new RequestLog();
  readonly rateLimits = new RateLimits();
  /** Of what search does not know yet; after a restart it knows everything. */
  readonly indexLag = new IndexLag();
  /** The account's time never runs backwards, though a clock may be set back. */
  #latestMs = 0;

  readonly #searchLagDefaultSeconds: number;

  constructor(record: AccountRecord, searchLagDefaultSeconds: number) {
    this.record = record;
    this.#searchLagDefaultSeconds = searchLagDefaultSeconds;
  }

  /** By how much search lags behind writes. */
  get searchLagSeconds(): number {
    return this.record.searchLagSeconds ?? this.#searchLagDefaultSeconds;
  }

  /** Puts a record that is kept into its queue. */
  queueDue({ at, id, clock }: DueRecord): void {
    if (clock === undefined) {
      this.due.push(at, id);
      return;
    }
    const queue = this.dueOnClocks.get(clock) ?? new DueHeap();
    this.dueOnClocks.set(clock, queue);
    queue.push(at, id);
  }

  nowMs(machineMs: number): number {
    this.#latestMs = Math.max(this.#latestMs, clockNowMs(this.record.clock, machineMs));
    return this.#latestMs;
  }
}
