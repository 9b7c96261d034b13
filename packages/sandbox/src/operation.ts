import type { AnyCollection, StoredObject, StripeObject } from './collection.js';
import type { RequestContext, Work } from './work.js';

/** What a handler may answer: a stored object, a list made by `context.list`, or any Stripe-shaped object. */
export type Answer = StoredObject | StripeObject;

export type Handler = (context: RequestContext<StripeObject>) => Answer;

/**
 * Declares an operation. `P` is the SDK's parameter type: the request was checked against the contract before the
 * handler runs, so that `context.params` holds what `P` says (decimals as strings, `''` for "unset").
 */
export const operation = <P>(handler: (context: RequestContext<P>) => Answer): Handler => handler as unknown as Handler;

export interface PageRequest {
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Fields of a form post, flat. */
  readonly form: URLSearchParams;
}

export type PageAnswer =
  | {
      readonly kind: 'html';
      readonly status?: number;
      readonly html: string;
      /** The page says why nothing was done: what was written before it found that out is undone. */
      readonly isUndone?: boolean;
    }
  | { readonly kind: 'redirect'; readonly location: string };

export type PageHandler = (work: Work, request: PageRequest) => PageAnswer;

/** One noun of the API. `resources/index.ts` lists them all. */
export interface Resource {
  readonly collections: readonly AnyCollection[];
  /** 'POST /v1/customers/:customer': handler. Path parameters are read by name from `context.path`. */
  readonly operations: Readonly<Record<string, Handler>>;
  /** What happens by itself at a time set by `work.schedule(kind, objectId, dueAt)`. */
  readonly scheduled?: Readonly<Record<string, (work: Work, objectId: string) => void>>;
  /** What follows when every webhook endpoint has taken an event of this type of an object. */
  readonly delivered?: Readonly<Record<string, (work: Work, objectId: string) => void>>;
  /**
   * 'GET /pay/:account/:session': page. The path must hold `:account`, which names whose objects it may see; without it
   * the query's `client_id` names a platform.
   */
  readonly pages?: Readonly<Record<string, PageHandler>>;
}
