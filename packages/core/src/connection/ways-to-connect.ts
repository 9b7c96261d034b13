import type { ConnectionMode } from './mode.js';

/** A way to connect a Stripe account, in the words of whoever has to choose one. */
export interface WayToConnect {
  readonly mode: ConnectionMode;
  readonly title: string;
  readonly needs: readonly string[];
  /** What this way cannot do; the first is what people are surprised by. */
  readonly cannot: readonly string[];
  readonly acceptsExistingAccount: boolean;
}

/**
 * The three ways, side by side, before anything is connected (CON-1 to CON-3). That an account which exists cannot be taken over by
 * a platform that makes accounts is Stripe's rule: an account belongs to whoever opened it. Its owner can have his business details
 * carried over on Stripe's own pages, in production (https://docs.stripe.com/connect/networked-onboarding).
 */
export const WAYS_TO_CONNECT: readonly WayToConnect[] = [
  {
    mode: 'managed',
    title: 'I have no Stripe account yet',
    needs: [
      'An email address that Stripe can write to.',
      'Details about the business, which Stripe asks for on its own page.',
    ],
    cannot: [
      'A Stripe account that exists cannot be attached this way: Stripe lets a platform act for accounts that it made. In production Stripe offers to carry over the business details of an account you have, and nothing else: no customers, cards, subscriptions or prices.',
      'Disconnecting cannot be undone: connecting again makes another account.',
    ],
    acceptsExistingAccount: false,
  },
  {
    mode: 'key',
    title: 'I have a Stripe account and its keys',
    needs: ['A secret key or, better, a restricted key of the account.'],
    cannot: ['The key has to be replaced here when it is rolled in Stripe.'],
    acceptsExistingAccount: true,
  },
  {
    mode: 'oauth',
    title: 'Connect my existing account through Stripe',
    needs: ['An administrator of the Stripe account, who allows it on a page of Stripe.'],
    cannot: ['An account that another platform controls cannot be connected this way.'],
    acceptsExistingAccount: true,
  },
];
