import type { ChecklistItem } from './connection.js';

export type PermissionAccess = 'read' | 'write';

/** A right that a key must have or should have, in the words of Stripe's own page for restricted keys. */
export interface StripePermission {
  /** Our name of it, stable in the API and in checklists. */
  readonly permission: string;
  /** The row of the page, and which of its choices. */
  readonly resource: string;
  readonly access: PermissionAccess;
  readonly neededFor: string;
  readonly isRequired: boolean;
}

/**
 * What key mode needs, in the order of Stripe's page (Developers, API keys, restricted key). The required ones are those
 * without which no invoice can be collected safely; the others each switch one comfort off.
 */
export const STRIPE_PERMISSIONS: readonly StripePermission[] = [
  {
    permission: 'balance_transactions_read',
    resource: 'Balance transaction sources',
    access: 'read',
    neededFor: 'keeping the books in step with the balance at Stripe',
    isRequired: true,
  },
  {
    permission: 'charges_write',
    resource: 'Charges and Refunds',
    access: 'write',
    neededFor: 'reading charges and giving refunds',
    isRequired: true,
  },
  {
    permission: 'customers_write',
    resource: 'Customers',
    access: 'write',
    neededFor: 'linking customers, making them in Stripe when that is switched on, and setting their default card',
    isRequired: true,
  },
  {
    permission: 'disputes_read',
    resource: 'Disputes',
    access: 'read',
    neededFor: 'stopping collection when a payment is contested',
    isRequired: false,
  },
  {
    permission: 'events_read',
    resource: 'Events',
    access: 'read',
    neededFor: 'hearing from Stripe where no webhook arrives',
    isRequired: true,
  },
  {
    permission: 'payment_intents_write',
    resource: 'PaymentIntents',
    access: 'write',
    neededFor: 'collecting invoices',
    isRequired: true,
  },
  {
    permission: 'payment_methods_write',
    resource: 'Payment Methods',
    access: 'write',
    neededFor: 'reading the cards of a customer and removing one',
    isRequired: true,
  },
  {
    permission: 'setup_intents_write',
    resource: 'SetupIntents',
    access: 'write',
    neededFor: 'saving a card for later payments',
    isRequired: true,
  },
  {
    permission: 'products_write',
    resource: 'Products',
    access: 'write',
    neededFor: 'publishing plans',
    isRequired: false,
  },
  {
    permission: 'prices_write',
    resource: 'Prices',
    access: 'write',
    neededFor: 'publishing plans',
    isRequired: false,
  },
  {
    permission: 'checkout_sessions_write',
    resource: 'Checkout Sessions',
    access: 'write',
    neededFor: 'hosted pages on which payers set up a card or pay',
    isRequired: true,
  },
  {
    permission: 'account_read',
    resource: 'Account',
    access: 'read',
    neededFor: 'showing the name of the account and what Stripe wants to know about it',
    isRequired: false,
  },
  {
    permission: 'webhook_endpoints_write',
    resource: 'Webhook Endpoints',
    access: 'write',
    neededFor: 'making the webhook endpoint by ourselves',
    isRequired: false,
  },
];

/** How a person adds the right in Stripe's dashboard. */
export function howToAddPermission(permission: StripePermission): string {
  const choice = permission.access === 'write' ? 'Write' : 'Read';
  return `In Stripe open Developers, API keys, edit the restricted key, set "${permission.resource}" to ${choice} and save.`;
}

/** The checklist that the outcome of a probe makes; a permission that the probe does not mention is still unknown. */
export function permissionChecklist(granted: ReadonlyMap<string, boolean>): ChecklistItem[] {
  return STRIPE_PERMISSIONS.map((permission) => ({
    permission: permission.permission,
    neededFor: permission.neededFor,
    isRequired: permission.isRequired,
    granted: granted.get(permission.permission) ?? null,
    howToAdd: howToAddPermission(permission),
  }));
}

/** The required permissions that are missing or unproven: with any of them, a key is not stored. */
export function missingPermissions(checklist: readonly ChecklistItem[]): ChecklistItem[] {
  return checklist.filter((item) => item.isRequired && item.granted !== true);
}
