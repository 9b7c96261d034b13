import type { Changes } from '../changes.js';
import type { Context } from '../context.js';
import type { Connection } from '@tollbridge/core';

/** An event of Stripe's as it lies in the inbox. It is a signal: handlers fetch the object where it matters (EVT-3). */
export interface StripeEvent {
  readonly environmentId: string;
  readonly connection: Connection;
  readonly id: string;
  readonly type: string;
  readonly objectId: string | null;
  /** The snapshot, in the shape of the API version it was made with. */
  readonly object: Readonly<Record<string, unknown>>;
  readonly livemode: boolean;
}

export type StripeEventResult =
  | { readonly kind: 'applied'; readonly changes: Changes }
  /** Not about an object of ours: counted, not touched (EVT-2). */
  | { readonly kind: 'foreign' }
  /** Could not be done now; comes again. */
  | { readonly kind: 'later'; readonly code: string; readonly message: string };

export type StripeEventHandler = (context: Context, event: StripeEvent) => Promise<StripeEventResult>;

export interface StripeEventEntry {
  readonly handler: StripeEventHandler;
  /** One sentence: why we listen. */
  readonly why: string;
}

/** Every event type of Stripe's that we act on. All others are kept and ignored (EVT-2). */
export const STRIPE_EVENT_HANDLERS: Readonly<Record<string, StripeEventEntry>> = {};
