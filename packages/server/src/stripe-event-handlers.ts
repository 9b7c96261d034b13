import type { Connection } from '@tollbridge/core';
import type { Changes } from './changes.js';
import type { Context } from './context.js';
import type { StripeAccess } from './stripe/gateway.js';

/** An event of Stripe's as it lies in the inbox. It is a signal: handlers fetch the object where it matters (EVT-3). */
export interface StripeEvent {
  readonly environmentId: string;
  readonly connection: Connection;
  /** The right to fetch through it; null when its keys were erased. */
  readonly access: StripeAccess | null;
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

export type StripeEventHandlers = Readonly<Record<string, StripeEventEntry>>;

let registered: StripeEventHandlers = {};

/** Tells the inbox what is listened to; called once where things are wired, like `registerJobHandlers`. */
export function registerStripeEventHandlers(handlers: StripeEventHandlers): void {
  registered = handlers;
}

/** Who acts on this type; null for one that is only kept. */
export const stripeEventHandlerOf = (type: string): StripeEventHandler | null =>
  Object.hasOwn(registered, type) ? (registered[type]?.handler ?? null) : null;

/** The types that version 2 of Stripe's API has, which come thin and to destinations of their own (STRIPE: behaviour 29). */
const isThinAlone = (type: string): boolean => type.startsWith('v2.');

/** The types a webhook endpoint at Stripe must be subscribed to. */
export const neededStripeEvents = (): string[] =>
  Object.keys(registered)
    .filter((type) => !isThinAlone(type))
    .sort();

/** The types a destination of thin events at Stripe must be subscribed to. */
export const neededThinEvents = (): string[] => Object.keys(registered).filter(isThinAlone).sort();
