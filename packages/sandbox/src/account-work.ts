import { type Account, type DueRecord, deletedRecords, dueRecords } from './account.js';
import { resend } from './deliveries.js';
import type { Cause, Engine, InnerWork } from './engine.js';
import { resourceMissing } from './errors.js';
import { events } from './events.js';
import { prefixed, token } from './ids.js';
import { listenersOf, namedEndpoint } from './receivers.js';
import { recordEvent } from './record-event.js';
import { recordThinAlone, recordThinFor } from './record-thin-alone.js';
import { shown } from './rendering.js';
import { frozenTimeOf } from './test-clock.js';
import { latestVersion } from './versions.js';
import type { AccountProfile, Collection, DeletedStub, StoredObject, StripeObject, ThinFacts, Work } from './work.js';

/** Of what the keys of an account share that a platform made. */
const newKeyLength = 24;

/** When something happens: in the account's own time, or in a test clock's. */
export interface Moment {
  /** Seconds. */
  readonly now: number;
  readonly clockId: string | null;
}

export class AccountWork implements InnerWork {
  readonly engine: Engine;
  readonly state: Account;
  readonly cause: Cause;
  readonly now: number;
  readonly clockId: string | null;
  readonly shownCause: InnerWork['shownCause'];

  /** The one that was begun: what is written to other accounts is kept or undone with its account. */
  readonly #begun: AccountWork;

  constructor(engine: Engine, state: Account, cause: Cause, moment: Moment, begun?: AccountWork) {
    this.#begun = begun ?? this;
    this.engine = engine;
    this.state = state;
    this.cause = cause;
    this.shownCause = { id: cause.requestId, idempotency_key: cause.idempotencyKey };
    this.now = moment.now;
    this.clockId = moment.clockId;
  }

  onClock(clockId: string | null): AccountWork {
    if (clockId === this.clockId) return this;
    return new AccountWork(this.engine, this.state, this.cause, this.momentOn(clockId), this.#begun);
  }

  protected momentOn(clockId: string | null): Moment {
    const now = clockId === null ? this.accountNow : frozenTimeOf(this, clockId);
    return { now, clockId };
  }

  get accountNow(): number {
    if (this.clockId === null) return this.now;
    return Math.floor(this.state.nowMs(this.engine.machineNowMs()) / 1000);
  }

  get account(): AccountProfile {
    return this.state.record;
  }

  get application(): string | null {
    return this.cause.application ?? null;
  }

  get baseUrl(): string {
    return this.engine.baseUrl;
  }

  get listeners(): { readonly secret: string; readonly ids: readonly string[] } {
    const { id } = this.account;
    const ids = this.engine.connectedListeners(id).map((listener) => listener.id);
    return { secret: this.engine.listenerSecret(id), ids };
  }

  inAccount(id: string): AccountWork | undefined {
    const other = this.engine.accountById(id);
    if (other === undefined) return undefined;
    if (other === this.state) return this;
    return other === this.#begun.state ? this.#begun : this.#enlisted(other);
  }

  openAccount(): AccountWork {
    return this.#enlisted(this.engine.openAccountLike(this.state, this.newToken(newKeyLength)));
  }

  #enlisted(other: Account): AccountWork {
    this.engine.enlist(this.#begun.state, other);
    const now = Math.floor(other.nowMs(this.engine.machineNowMs()) / 1000);
    return new AccountWork(this.engine, other, this.cause, { now, clockId: null }, this.#begun);
  }

  get otherAccountIds(): readonly string[] {
    const { livemode } = this.account;
    const others = [...this.engine.accounts.values()].filter((one) => one !== this.state);
    return others.flatMap(({ record }) => (record.livemode === livemode ? [record.id] : [])).reverse();
  }

  random(): number {
    return this.engine.random();
  }

  newId(prefix: string): string {
    return prefixed(this.engine.random, prefix, idLength(prefix));
  }

  newToken(length: number): string {
    return token(this.engine.random, length);
  }

  get<T extends StoredObject>(collection: Collection<T>, id: string): T | undefined {
    return this.state.store.get(collection.type, id) as T | undefined;
  }

  require<T extends StoredObject>(collection: Collection<T>, id: string, param?: string): T {
    const found = this.get(collection, id);
    if (found === undefined) throw resourceMissing(collection.label, id, param);
    return found;
  }

  where<T extends StoredObject>(collection: Collection<T>, field: keyof T & string, value: string): T[] {
    return this.state.store.where(collection, field, value) as T[];
  }

  newestFirst<T extends StoredObject>(collection: Collection<T>): Iterable<T> {
    return this.state.store.newestFirst(collection.type) as Iterable<T>;
  }

  put<T extends StoredObject>(collection: Collection<T>, object: T): T {
    this.state.store.put(collection, object);
    return object;
  }

  update<T extends StoredObject>(collection: Collection<T>, before: T, changes: Partial<T>): T {
    return this.put(collection, { ...before, ...changes });
  }

  remove<T extends StoredObject>(collection: Collection<T>, id: string): DeletedStub {
    const stub: DeletedStub = { id, object: collection.type, deleted: true };
    this.state.store.remove(collection, id);
    this.put(deletedRecords, { id: `${collection.type} ${id}`, stub });
    return stub;
  }

  deletedStub<T extends StoredObject>(collection: Collection<T>, id: string): DeletedStub | undefined {
    return this.get(deletedRecords, `${collection.type} ${id}`)?.stub;
  }

  emit<T extends StoredObject>(type: string, object: T, before?: T): number {
    return recordEvent(this, type, object, before);
  }

  emitThin(type: string, facts: ThinFacts): void {
    recordThinAlone(this, type, facts);
  }

  emitThinTo(destinationId: string, type: string, facts: ThinFacts): StoredObject {
    return recordThinFor(this, destinationId, { type, facts });
  }

  resend(eventId: string, { owner, endpoint }: Parameters<Work['resend']>[1]): void {
    const event = this.require(events, eventId, 'event');
    resend(this, event, endpoint === undefined ? listenersOf(this, owner) : [namedEndpoint(endpoint, owner)]);
  }

  schedule(kind: string, objectId: string, dueAt: number): void {
    const id = `${kind} ${objectId}`;
    const clock = this.clockId === null ? {} : { clock: this.clockId };
    const record: DueRecord = { id, kind, objectId, at: dueAt, ...clock };
    this.put(dueRecords, record);
    this.state.queueDue(record);
  }

  unschedule(kind: string, objectId: string): void {
    this.state.store.remove(dueRecords, `${kind} ${objectId}`);
  }

  render<T extends StoredObject>(object: T): StripeObject {
    return shown(this, object, latestVersion);
  }
}

/** Stripe's ids are longer where there are more of them; customers and products keep their old length. */
const idLength = (prefix: string): number => (prefix === 'cus' || prefix === 'prod' || prefix === 'in_item' ? 14 : 24);
