import {
  Account,
  type AccountRecord,
  accountRecords,
  type DueRecord,
  deletedRecords,
  dueRecords,
  keyRecords,
} from './account.js';
import { AccountWork, type Moment } from './account-work.js';
import { applicationOf } from './application.js';
import { type Clock, machineTimeOf, realClock } from './clock.js';
import { advanceClocks, hasMovingClock } from './clock-advance.js';
import type { AnyCollection, StoredObject } from './collection.js';
import { connectedAccounts, connections } from './connection.js';
import { deliveries } from './deliveries.js';
import { DeliveryQueue } from './delivery-queue.js';
import { type Cause, type Engine, type InnerWork, type Listener, noCause } from './engine.js';
import { Refusal } from './errors.js';
import { eventDestinations } from './event-destination.js';
import { type EventObject, eventRetentionSeconds, events } from './events.js';
import { Faults } from './faults.js';
import { version1Keeping, version2Keeping } from './idempotency.js';
import { tokenFrom } from './ids.js';
import type { Journal, JournalEntry } from './journal.js';
import { accountIdOf, type Key, liveMark } from './keys.js';
import type { Handler, PageHandler, Resource } from './operation.js';
import { Router } from './router.js';
import { type ThinEventObject, thinEvents } from './thin-event.js';
import { rootName, Transactions } from './transactions.js';
import { webhookEndpoints } from './webhook-endpoint.js';

export interface CoreOptions {
  /** Milliseconds of machine time. */
  readonly now: () => number;
  /** A seeded number in [0, 1). */
  readonly random: () => number;
  readonly journal: Journal | undefined;
  readonly resources: readonly Resource[];
  readonly baseUrl: string;
  readonly defaultVersion: string;
  readonly retryDelaysSeconds: { readonly live: readonly number[]; readonly test: readonly number[] };
  readonly searchLagSeconds: number;
}

/** What one tick does at most for one account; the rest waits for the next. */
const dueMaxPerTick = 10_000;

const ownCollections: readonly AnyCollection[] = [
  accountRecords,
  deletedRecords,
  deliveries,
  dueRecords,
  events,
  keyRecords,
  version1Keeping.collection,
  version2Keeping.collection,
  connectedAccounts,
  connections,
  eventDestinations,
  thinEvents,
  webhookEndpoints,
];

type ScheduledHandler = (work: InnerWork, objectId: string) => void;

/** Accounts, their stores and everything that reaches them; no sockets and no timers. */
export class Core implements Engine {
  readonly options: CoreOptions;
  readonly faults: Faults;
  readonly deliveryQueue: DeliveryQueue;
  readonly operations = new Router<Handler>();
  readonly pages = new Router<PageHandler>();
  readonly accounts = new Map<string, Account>();
  baseUrl: string;
  readonly #transactions: Transactions;
  readonly #collections = new Map<string, AnyCollection>();
  readonly #byPrefix = new Map<string, AnyCollection>();
  readonly #scheduled = new Map<string, ScheduledHandler>();
  readonly #delivered = new Map<string, ScheduledHandler>();
  readonly #listeners = new Map<string, readonly Listener[]>();

  constructor(options: CoreOptions) {
    this.options = options;
    this.baseUrl = options.baseUrl;
    this.faults = new Faults(options.random);
    this.#transactions = new Transactions({
      journal: options.journal,
      accounts: this.accounts,
      superseded: (account, type, before) => this.#rememberForSearch(account, type, before),
    });
    this.deliveryQueue = new DeliveryQueue({
      retryDelaysSeconds: options.retryDelaysSeconds,
      machineNowMs: options.now,
      accountById: (id) => this.accounts.get(id),
      transact: (account, act) => this.transact(account, noCause, act),
      listenerSecret: (accountId) => this.listenerSecret(accountId),
      delivered: (work, event) => this.#delivered.get(event.type)?.(work, String(event.data.object.id)),
    });
    for (const collection of ownCollections) this.#addCollection(collection);
    for (const resource of options.resources) this.#addResource(resource);
  }

  readonly random = (): number => this.options.random();

  machineNowMs(): number {
    return this.options.now();
  }

  collectionOf(type: string): AnyCollection | undefined {
    return this.#collections.get(type);
  }

  collectionByPrefix(prefix: string): AnyCollection | undefined {
    return this.#byPrefix.get(prefix);
  }

  deliveryDue(account: Account, deliveryId: string, atMs: number): void {
    this.deliveryQueue.add(account.record.id, deliveryId, atMs);
  }

  eventFault(accountId: string, type: string): { copies: number; delayMs: number } {
    return this.faults.forEvent(accountId, type);
  }

  isTwinned(accountId: string, type: string): boolean {
    return this.faults.isTwinned(accountId, type);
  }

  accountById(id: string): Account | undefined {
    return this.accounts.get(id);
  }

  /** The platform whose `client_id` this is. */
  accountOfApplication(clientId: string): Account | undefined {
    for (const account of this.accounts.values()) if (applicationOf(account.record) === clientId) return account;
    return undefined;
  }

  connectedListeners(accountId: string): readonly Listener[] {
    return this.#listeners.get(accountId) ?? [];
  }

  connectListener(accountId: string, listener: Listener): void {
    this.disconnectListener(accountId, listener.id);
    this.#listeners.set(accountId, [...this.connectedListeners(accountId), listener]);
  }

  disconnectListener(accountId: string, listenerId: string): void {
    const staying = this.connectedListeners(accountId).filter(({ id }) => id !== listenerId);
    if (staying.length === 0) this.#listeners.delete(accountId);
    else this.#listeners.set(accountId, staying);
  }

  /** What a forwarded event was answered, as `stripe listen` says. */
  noteListenerAnswer(accountId: string, deliveryId: string, status: number): void {
    // An event of a connected account is kept there, though a listener of the platform took it.
    const candidates = [this.accounts.get(accountId), ...this.accounts.values()];
    const account = candidates.find((one) => one?.store.get(deliveries.type, deliveryId) !== undefined);
    if (account === undefined) return;
    this.transact(account, noCause, (work) => {
      work.update(deliveries, work.require(deliveries, deliveryId), { answerStatus: status });
    });
  }

  /** The secret `stripe listen` shows: the same for an account each time, as at Stripe. */
  listenerSecret(accountId: string): string {
    return `whsec_${tokenFrom(`listener:${accountId}`, 32)}${tokenFrom(`listener:${accountId}:more`, 32)}`;
  }

  /** The account of a key; the first use of a key body opens one. */
  accountOf(key: Key): Account {
    const found = this.accounts.get(key.accountId);
    if (found !== undefined) return found;
    const account = this.#addAccount({
      id: key.accountId,
      livemode: key.livemode,
      keyBody: key.body,
      defaultVersion: this.options.defaultVersion,
      clock: realClock,
      createdMs: this.options.now(),
    });
    this.saveAccount(account, account.record);
    return account;
  }

  /**
   * An account that a platform makes: of its mode, version and clock. Its keys are made of `keyBody`. It is kept with what
   * is written to it, so whoever opens it enlists it.
   */
  openAccountLike(maker: Account, token: string): Account {
    const { livemode, defaultVersion, clock } = maker.record;
    const keyBody = livemode ? `${liveMark}${token}` : token;
    const id = accountIdOf(keyBody, livemode);
    return this.#addAccount({ id, livemode, keyBody, defaultVersion, clock, createdMs: this.options.now() });
  }

  #addAccount(record: AccountRecord): Account {
    const account = new Account(record, this.options.searchLagSeconds);
    this.accounts.set(record.id, account);
    return account;
  }

  /**
   * Lets what is about to be written to `other` be kept or undone together with what is written to `account`. What fell
   * due in it before this moment happened before.
   */
  enlist(account: Account, other: Account): void {
    if (this.#transactions.isEnlisted(account, other)) return;
    this.tickAccount(other);
    this.#transactions.enlist(account, other);
  }

  saveAccount(account: Account, record: AccountRecord): void {
    account.record = record;
    this.#transactions.saveRecord(record);
  }

  setClock(account: Account, clock: Clock): void {
    this.saveAccount(account, { ...account.record, clock });
    this.tickAccount(account);
  }

  /** Does something to an account as a whole or not at all. */
  transact(account: Account, cause: Cause, act: (work: AccountWork) => void, moment?: Moment): void {
    const now = Math.floor(account.nowMs(this.options.now()) / 1000);
    const work = new AccountWork(this, account, cause, moment ?? { now, clockId: null });
    try {
      act(work);
    } catch (error) {
      if (error instanceof Refusal && error.commits) this.commit(account);
      else this.rollback(account);
      throw error;
    }
    this.commit(account);
  }

  commit(account: Account): void {
    this.#transactions.commit(account);
  }

  rollback(account: Account): void {
    this.#transactions.rollback(account);
  }

  #rememberForSearch(account: Account, type: string, before: StoredObject): void {
    if (this.#collections.get(type)?.isSearched !== true) return;
    account.indexLag.add(type, before, account.nowMs(this.options.now()) / 1000);
  }

  /** Does what is due on every account's clock. */
  tick(): void {
    for (const account of this.accounts.values()) {
      this.tickAccount(account);
      advanceClocks(this, account);
      this.#forgetOldEvents(account);
      account.indexLag.forgetBefore(account.nowMs(this.options.now()) / 1000 - account.searchLagSeconds);
    }
  }

  tickAccount(account: Account): void {
    for (let count = 0; count < dueMaxPerTick; count += 1) {
      const first = account.due.first();
      if (first === undefined || first.at * 1000 > account.nowMs(this.options.now())) return;
      account.due.pop();
      const record = account.store.get(dueRecords.type, first.id) as DueRecord | undefined;
      if (record !== undefined && record.at === first.at && record.clock === undefined) {
        this.runDue(account, record, record.at);
      }
    }
  }

  /** Machine time at which a tick next has something to do. */
  nextDueMs(): number | undefined {
    let next: number | undefined;
    for (const account of this.accounts.values()) {
      if (hasMovingClock(account)) return this.options.now();
      const first = account.due.first();
      if (first === undefined) continue;
      const at = machineTimeOf(account.record.clock, first.at * 1000);
      if (Number.isFinite(at) && (next === undefined || at < next)) next = at;
    }
    return next;
  }

  /** Brings back what a journal holds; before any request. */
  restore(entry: JournalEntry): void {
    this.#restoreWrites(entry);
    for (const other of entry.others ?? []) this.#restoreWrites(other);
  }

  #restoreWrites(entry: JournalEntry): void {
    if (entry.account === rootName) {
      for (const [, , object] of entry.writes) if (object !== null) this.#restoreAccount(object as AccountRecord);
      return;
    }
    const account = this.accounts.get(entry.account);
    if (account === undefined) return;
    for (const [type, id, object] of entry.writes) {
      const collection = this.#collections.get(type) ?? { type, indexes: [] };
      if (object === null) account.store.remove(collection, id);
      else account.store.put(collection, object);
    }
    account.store.commit();
  }

  /** After the last `restore`: puts what waits back into its queues. */
  restored(): void {
    for (const account of this.accounts.values()) {
      for (const due of account.store.oldestFirst(dueRecords.type)) account.queueDue(due as DueRecord);
      for (const delivery of account.store.oldestFirst(deliveries.type)) {
        const { status, nextAtMs, id } = delivery as unknown as { status: string; nextAtMs: number; id: string };
        if (status === 'pending') this.deliveryQueue.add(account.record.id, id, nextAtMs);
      }
    }
  }

  /** Everything as it is now, one entry for each object: what a journal is compacted to. */
  *snapshot(): Iterable<JournalEntry> {
    for (const account of this.accounts.values()) {
      yield { account: rootName, writes: [[accountRecords.type, account.record.id, account.record]] };
      for (const type of account.store.types()) {
        for (const object of account.store.oldestFirst(type))
          yield { account: account.record.id, writes: [[type, object.id, object]] };
      }
    }
  }

  #restoreAccount(record: AccountRecord): void {
    this.#transactions.restoreRecord(record);
    const account = this.accounts.get(record.id);
    if (account === undefined) this.accounts.set(record.id, new Account(record, this.options.searchLagSeconds));
    else account.record = record;
  }

  /** Does what is due, at `now` seconds of its clock. */
  runDue(account: Account, record: DueRecord, now: number): void {
    const moment = { now, clockId: record.clock ?? null };
    const run = this.#scheduled.get(record.kind);
    const done = (work: AccountWork): void => work.unschedule(record.kind, record.objectId);
    try {
      this.transact(
        account,
        noCause,
        (work) => {
          done(work);
          run?.(work, record.objectId);
        },
        moment,
      );
    } catch (error) {
      // What was refused or failed is not tried for ever.
      this.transact(account, noCause, done, moment);
      if (!(error instanceof Refusal)) throw error;
    }
  }

  #forgetOldEvents(account: Account): void {
    const limit = account.nowMs(this.options.now()) / 1000 - eventRetentionSeconds;
    const createdOf = (event: StoredObject): number => (event as EventObject).created;
    this.#forgetOldest(account, events, (event) => createdOf(event) < limit);
    const thinCreatedOf = (event: StoredObject): number => Date.parse((event as ThinEventObject).created) / 1000;
    this.#forgetOldest(account, thinEvents, (event) => thinCreatedOf(event) < limit);
    this.commit(account);
  }

  #forgetOldest(account: Account, collection: AnyCollection, isOver: (object: StoredObject) => boolean): void {
    for (let count = 0; count < dueMaxPerTick; count += 1) {
      const oldest = account.store.oldest(collection.type);
      if (oldest === undefined || !isOver(oldest)) return;
      account.store.remove(collection, oldest.id);
    }
  }

  #addCollection(collection: AnyCollection): void {
    this.#collections.set(collection.type, collection);
    this.#byPrefix.set(collection.prefix, collection);
  }

  #addResource(resource: Resource): void {
    for (const collection of resource.collections) this.#addCollection(collection);
    for (const [route, handler] of Object.entries(resource.operations)) this.operations.add(route, handler);
    for (const [route, page] of Object.entries(resource.pages ?? {})) this.pages.add(route, page);
    for (const [kind, run] of Object.entries(resource.scheduled ?? {})) this.#scheduled.set(kind, run);
    for (const [type, run] of Object.entries(resource.delivered ?? {})) this.#delivered.set(type, run);
  }
}
