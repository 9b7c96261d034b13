import type Stripe from 'stripe';
import { invalidRequest } from '../errors.js';

type Anchor = Stripe.InvoiceCreatePreviewParams.SubscriptionDetails['billing_cycle_anchor'];

const param = 'subscription_details[billing_cycle_anchor]';

/** "For existing subscriptions, the value can only be set to `now` or `unchanged`": comment of the parameter in the SDK. */
const words = { existing: ['now', 'unchanged'], new: ['now', 'timestamp'] } as const;

/** Refuses an anchor that a preview of such a subscription cannot have. */
export const requireAnchor = (anchor: Anchor, of: keyof typeof words): void => {
  if (anchor === undefined) return;
  const { timestamp, type } = anchor;
  if (!words[of].some((one) => one === type)) {
    throw invalidRequest(`Invalid ${param}[type]: must be one of ${words[of].join(' or ')}`, {
      param: `${param}[type]`,
    });
  }
  if (type === 'timestamp' && timestamp === undefined) {
    const missing = `${param}[timestamp]`;
    throw invalidRequest(`Missing required param: ${missing}.`, { code: 'parameter_missing', param: missing });
  }
  if (type !== 'timestamp' && timestamp !== undefined) {
    throw invalidRequest('A timestamp is for an anchor of type timestamp.', { param: `${param}[timestamp]` });
  }
};
