import type { Account } from './account.js';
import { AccountWork, type Moment } from './account-work.js';
import type { Collection, StoredObject } from './collection.js';
import type { Cause, Engine } from './engine.js';
import { pageOf } from './pagination.js';
import type { Searchable } from './search/matching.js';
import { type SearchParams, searchPage } from './search/search-page.js';
import type { ListAnswer, ListOptions, RequestContext, SearchAnswer } from './work.js';

export interface ApiCall {
  readonly method: string;
  /** The path alone. */
  readonly url: string;
  readonly path: Readonly<Record<string, string>>;
  readonly version: string;
  readonly publishable: boolean;
  readonly params: Readonly<Record<string, unknown>>;
  /** Told when nothing the request writes is to be kept. */
  readonly forget: () => void;
}

/** A Work caused by an API call: what handlers get. */
export class ApiWork extends AccountWork implements RequestContext<Record<string, unknown>> {
  readonly method: string;
  readonly url: string;
  readonly path: Readonly<Record<string, string>>;
  readonly version: string;
  readonly publishable: boolean;
  readonly params: Record<string, unknown>;

  readonly #call: ApiCall;

  constructor(engine: Engine, state: Account, cause: Cause & Moment, call: ApiCall) {
    super(engine, state, cause, cause);
    this.#call = call;
    this.method = call.method;
    this.url = call.url;
    this.path = call.path;
    this.version = call.version;
    this.publishable = call.publishable;
    this.params = call.params;
  }

  override onClock(clockId: string | null): ApiWork {
    if (clockId === this.clockId) return this;
    return new ApiWork(this.engine, this.state, { ...this.cause, ...this.momentOn(clockId) }, this.#call);
  }

  forgetWrites(): void {
    this.#call.forget();
  }

  list<T extends StoredObject>(collection: Collection<T>, options: ListOptions<T> = {}): ListAnswer<T> {
    return pageOf(this, collection, this.params, { ...options, url: options.url ?? this.url });
  }

  search<T extends StoredObject>(collection: Collection<T>, searchable: Searchable<T>): SearchAnswer<T> {
    return searchPage(this, collection, this.params as unknown as SearchParams, { searchable, url: this.url });
  }
}
