import type { Account } from './account.js';
import type { AnyCollection, Work } from './work.js';

/** A `stripe listen` that is connected, and what it asked for. */
export interface Listener {
  readonly id: string;
  readonly features: readonly string[];
}

/** What all accounts of one sandbox have in common. */
export interface Engine {
  readonly baseUrl: string;
  random(): number;
  machineNowMs(): number;
  collectionOf(type: string): AnyCollection | undefined;
  collectionByPrefix(prefix: string): AnyCollection | undefined;
  /** Called with the account and the delivery when an event is to be sent somewhere. */
  deliveryDue(account: Account, deliveryId: string, atMs: number): void;
  readonly accounts: ReadonlyMap<string, Account>;
  accountById(id: string): Account | undefined;
  openAccountLike(maker: Account, token: string): Account;
  /** What is written to `other` is from now on kept or undone together with what is written to `account`. */
  enlist(account: Account, other: Account): void;
  connectedListeners(accountId: string): readonly Listener[];
  listenerSecret(accountId: string): string;
  /** What faults say of this event: how often to send it and how much later. */
  eventFault(accountId: string, type: string): { readonly copies: number; readonly delayMs: number };
  isTwinned(accountId: string, type: string): boolean;
}

/** Why a change happens: the API call that caused it, or nothing when Stripe does it by itself. */
export interface Cause {
  readonly requestId: string | null;
  readonly idempotencyKey: string | null;
  /** The platform that asks, by its `client_id`; left out, whoever holds the account. */
  readonly application?: string;
}

export const noCause: Cause = { requestId: null, idempotencyKey: null };

/** A Work seen from inside the engine. */
export interface InnerWork extends Work {
  readonly engine: Engine;
  readonly state: Account;
  readonly cause: Cause;
  /** Seconds of the account's own clock, also where `now` is a test clock's. */
  readonly accountNow: number;
  /** The cause as events show it: one object for all events of a request. */
  readonly shownCause: { readonly id: string | null; readonly idempotency_key: string | null };
}
