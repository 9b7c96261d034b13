import type { Searchable } from './search/matching.js';

/** Anything the sandbox keeps: plain JSON with an id, never changed in place (a change puts a new object). */
export interface StoredObject {
  readonly id: string;
}

/** Any Stripe-shaped object as it leaves the sandbox. */
export interface StripeObject {
  readonly [field: string]: unknown;
}

/**
 * One kind of object of an account. `type` is Stripe's value of `object` ("customer"); a type that starts with an
 * underscore is the sandbox's own and is never shown by the API. Fields whose name starts with an underscore are kept
 * with the object and left out of every answer and event.
 */
export interface Collection<T extends StoredObject> {
  readonly type: string;
  /** What ids begin with, without the underscore: "cus". Also how `expand` finds the object an id stands for. */
  readonly prefix: string;
  /** The noun in "No such <label>: 'x'". */
  readonly label: string;
  /** Fields by which `work.where` finds objects without looking at all of them. */
  readonly indexes: readonly string[];
  /** Where the API shows the object: what a thin event points to. Left out, thin events tell nothing of it. */
  readonly path?: (object: T) => string;
  /** Whether search finds them; then what a write replaces is remembered for as long as search lags. */
  readonly isSearched: boolean;
  /**
   * Fields that are left out unless expanded, and how their value is made (a customer's `subscriptions`); with its path
   * when it stands inside a hash (`amount_details.line_items`), a list there being shown with nothing expanded in it.
   */
  readonly included: Readonly<Record<string, (object: T, work: Work, version: string) => unknown>>;
  /** The object in the shape of one API version; the identity when left out. Also the place to add derived fields. */
  readonly render?: (object: T, work: Work, version: string) => StripeObject;
}

/** A collection whose exact type does not matter to the caller (registry, rendering). */
export type AnyCollection = Omit<Collection<StoredObject>, 'render' | 'included' | 'path'> & {
  readonly path?: (object: never) => string;
  readonly render?: (object: never, work: Work, version: string) => StripeObject;
  readonly included: Readonly<Record<string, (object: never, work: Work, version: string) => unknown>>;
};

export interface AccountProfile {
  readonly id: string;
  readonly livemode: boolean;
  /** What follows `sk_test_` in its keys: publishable and restricted keys of the account share it. */
  readonly keyBody: string;
  /** The version for callers and endpoints that name none. */
  readonly defaultVersion: string;
  /** Milliseconds of machine time. */
  readonly createdMs: number;
  /** Whether its API policies still allow card tokens at the Charges API; left out, they do not. */
  readonly takesCardTokens?: boolean;
  /** Whether Stripe's rate limits hold, set by the control API. */
  readonly hasRateLimits?: boolean;
}

export interface ListOptions<T extends StoredObject> {
  /** Of the list's own `url` field; the request's path when left out. */
  readonly url?: string;
  readonly filter?: (object: T) => boolean;
  /** Narrows by an index of the collection before `filter` looks. */
  readonly where?: { readonly field: keyof T & string; readonly value: string };
}

export interface ListAnswer<T> {
  readonly object: 'list';
  readonly data: readonly T[];
  readonly has_more: boolean;
  readonly url: string;
  readonly [field: string]: unknown;
}

export interface SearchAnswer<T> {
  readonly object: 'search_result';
  readonly data: readonly T[];
  readonly has_more: boolean;
  readonly next_page: string | null;
  /** Shown only when it is expanded. */
  readonly total_count: number;
  readonly url: string;
  readonly [field: string]: unknown;
}

/**
 * Everything done to one account goes through a Work: a request, a page, or what time does by itself. All writes of one
 * Work are kept together or not at all.
 */
export interface Work {
  readonly account: AccountProfile;
  /** The `client_id` of the platform that asks for this; null where the account's own holder does, or time. */
  readonly application: string | null;
  /** Seconds since 1970 on the account's clock. */
  readonly now: number;
  /** The test clock whose time `now` is; null in the account's own time. */
  readonly clockId: string | null;
  /**
   * The same Work in a test clock's time: `now` is its frozen time, and what is scheduled waits in its queue. Null is the
   * account's own time. Refuses while the clock advances, unless that is what this Work does.
   */
  onClock(clockId: string | null): Work;
  /** The address the sandbox is reached at, without a slash at the end: hosted pages are made from it. */
  readonly baseUrl: string;
  /** The same doing in another account: all it writes is kept or undone together with this. Undefined: no such account. */
  inAccount(id: string): Work | undefined;
  /** Ids of the other accounts of this mode, newest first: for pages on which somebody says who he is. */
  readonly otherAccountIds: readonly string[];
  /** A new account, of this one's mode, version and clock. */
  openAccount(): Work;
  /** A number in [0, 1) from the seeded source. */
  random(): number;
  /** "cus" → "cus_" and 24 letters and digits. */
  newId(prefix: string): string;
  /** Letters and digits for secrets and fingerprints. */
  newToken(length: number): string;

  get<T extends StoredObject>(collection: Collection<T>, id: string): T | undefined;
  /** The object, or a refusal: 404 `resource_missing` without `param` (it was in the path), 400 with it (in the body). */
  require<T extends StoredObject>(collection: Collection<T>, id: string, param?: string): T;
  /** All objects whose indexed field has this value, oldest first. */
  where<T extends StoredObject>(collection: Collection<T>, field: keyof T & string, value: string): T[];
  /** All objects, newest first; stop early when you can. */
  newestFirst<T extends StoredObject>(collection: Collection<T>): Iterable<T>;
  put<T extends StoredObject>(collection: Collection<T>, object: T): T;
  /** Puts a copy of `before` with `changes` and gives it back. */
  update<T extends StoredObject>(collection: Collection<T>, before: T, changes: Partial<T>): T;
  /** Removes the object; `GET` may still answer with the stub this returns (see `deletedStub`). */
  remove<T extends StoredObject>(collection: Collection<T>, id: string): DeletedStub;
  deletedStub<T extends StoredObject>(collection: Collection<T>, id: string): DeletedStub | undefined;

  /**
   * Records an event with the object as it is now. For `*.updated` give the object as it was: the changed fields become
   * `previous_attributes`; nothing is emitted when no shown field changed. Gives how many webhook endpoints have yet to
   * take it.
   */
  emit<T extends StoredObject>(type: string, object: T, before?: T): number;
  /** Records an event that comes thin alone, when anybody asked for its type ("v1.billing.meter.no_meter_found"). */
  emitThin(type: string, facts: ThinFacts): void;
  /** Records such an event for this event destination and nobody else, whatever it asked for, and gives it back. */
  emitThinTo(destinationId: string, type: string, facts: ThinFacts): StoredObject;
  /**
   * Sends an event of this account again: to one webhook endpoint or every connected `stripe listen` of `owner`, which is
   * this account or a platform it is connected to.
   */
  resend(eventId: string, to: { readonly owner: string; readonly endpoint?: string | undefined }): void;
  /** Lets `scheduled[kind](work, objectId)` run when the clock of this Work reaches `dueAt` (seconds), in its time. */
  schedule(kind: string, objectId: string, dueAt: number): void;
  /** Forgets what was scheduled of this kind for this object. */
  unschedule(kind: string, objectId: string): void;
  /** What `stripe listen` of this account is signed with, and which listeners are connected. */
  readonly listeners: { readonly secret: string; readonly ids: readonly string[] };
  /** The object as the newest version shows it, with nothing expanded: what holds it is shown without what came later. */
  render<T extends StoredObject>(object: T): StripeObject;
}

/** What an event that has no snapshot beside it tells beside its type. */
export interface ThinFacts {
  /** What happened, as far as the type says more than its name; shown only when the event is fetched. */
  readonly data?: object;
  /** Left out when it is of no object. */
  readonly related_object?: { readonly id: string; readonly type: string; readonly url: string };
}

export interface DeletedStub {
  readonly id: string;
  readonly object: string;
  readonly deleted: true;
}

/** A Work caused by an API call. */
export interface RequestContext<P> extends Work {
  readonly params: P;
  readonly path: Readonly<Record<string, string>>;
  /** The name of the request's version, for example "2026-10-28.endive"; compare with `versionAtLeast`. */
  readonly version: string;
  readonly method: string;
  /** The path as it was called, for list urls. */
  readonly url: string;
  /** True for `pk_` keys: a browser, allowed to confirm with a client secret only. */
  readonly publishable: boolean;
  onClock(clockId: string | null): RequestContext<P>;
  /** Nothing this request writes is kept: it only shows what would be. */
  forgetWrites(): void;
  /** A page of the collection, newest first, by `limit`, `starting_after`, `ending_before` and `created` of the request. */
  list<T extends StoredObject>(collection: Collection<T>, options?: ListOptions<T>): ListAnswer<T>;
  /** A page of what matches `query` of the request, as it was some time ago: search lags behind writes. */
  search<T extends StoredObject>(collection: Collection<T>, searchable: Searchable<T>): SearchAnswer<T>;
}
