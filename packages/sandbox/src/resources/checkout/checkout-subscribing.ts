import { versionAtLeast } from '../../versions.js';
import type { RequestContext } from '../../work.js';
import { refuseUnserved } from '../unserved.js';
import type { CheckoutParams } from './checkout-rules.js';
import type { Subscribing } from './checkout-session.js';

const unserved = [
  'application_fee_percent',
  'default_tax_rates',
  'on_behalf_of',
  'pending_invoice_item_interval',
  'transfer_data',
];

/** What the subscription will be made with; its version says in which mode it will be billed. */
export const subscribingFrom = (context: RequestContext<CheckoutParams>): Subscribing => {
  const data = context.params.subscription_data ?? {};
  refuseUnserved(data, unserved);
  const type = versionAtLeast(context.version, 'clover') ? 'flexible' : 'classic';
  return { data: { billing_mode: { type }, ...data }, version: context.version, subscription: null };
};
