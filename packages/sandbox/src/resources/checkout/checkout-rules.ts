import type Stripe from 'stripe';
import { invalidRequest } from '../../errors.js';
import type { RequestContext } from '../../work.js';
import { customers } from '../customers/customer.js';
import type { CheckoutMode } from './checkout-line-items.js';

export type CheckoutParams = Stripe.Checkout.SessionCreateParams & { readonly payment_method_types?: string[] };
type Context = RequestContext<CheckoutParams>;

/** Between 30 minutes and 24 hours from now: https://docs.stripe.com/api/checkout/sessions/create */
const lifeSecondsMin = 30 * 60;
const lifeSecondsMax = 24 * 60 * 60;

export const requireMode = (params: CheckoutParams): CheckoutMode => {
  if (params.mode === undefined)
    throw invalidRequest('Missing required param: mode.', { code: 'parameter_missing', param: 'mode' });
  if (params.ui_mode !== undefined && String(params.ui_mode) !== 'hosted_page' && String(params.ui_mode) !== 'hosted') {
    throw invalidRequest('The sandbox serves ui_mode hosted_page only.', { param: 'ui_mode' });
  }
  if (params.mode === 'subscription') return 'subscription';
  if (params.mode === 'setup') return 'setup';
  return 'payment';
};

/** Which mode takes which of the parameters that are of one mode alone. */
const modesOf: Readonly<Record<string, readonly CheckoutMode[]>> = {
  allow_promotion_codes: ['payment', 'subscription'],
  discounts: ['payment', 'subscription'],
  line_items: ['payment', 'subscription'],
  payment_intent_data: ['payment'],
  setup_intent_data: ['setup'],
  subscription_data: ['subscription'],
};

/** https://docs.stripe.com/api/checkout/sessions/create, and what the parameters of embedded pages say of themselves. */
export const requireOfMode = (params: CheckoutParams, mode: CheckoutMode): void => {
  const given: Readonly<Record<string, unknown>> = { ...params };
  for (const [param, modes] of Object.entries(modesOf)) {
    const value = given[param];
    if (value === undefined || value === '' || value === false || modes.includes(mode)) continue;
    throw invalidRequest(`You can not pass \`${param}\` in \`${mode}\` mode.`, { param });
  }
  for (const param of ['redirect_on_completion', 'return_url']) {
    if (given[param] === undefined) continue;
    throw invalidRequest(`\`${param}\` can not be passed with \`ui_mode\` \`hosted_page\`.`, { param });
  }
};

export const requireUrl = (url: string, param: string): void => {
  if (
    URL.canParse(url.replaceAll('{CHECKOUT_SESSION_ID}', 'id')) &&
    /^[a-z][a-z0-9+.-]*:/i.test(url) &&
    !/^(javascript|data):/i.test(url)
  )
    return;
  throw invalidRequest('Not a valid URL', { code: 'url_invalid', param });
};

export const requireCustomerChoice = (context: Context): void => {
  const { customer, customer_email: email, customer_creation: creation } = context.params;
  if (customer === undefined) return;
  context.require(customers, customer, 'customer');
  if (email !== undefined) {
    throw invalidRequest('You may only specify one of these parameters: customer, customer_email.', {
      param: 'customer',
    });
  }
  if (creation !== undefined) {
    throw invalidRequest('`customer_creation` cannot be used with a customer.', { param: 'customer_creation' });
  }
};

export const requireLines = (params: CheckoutParams): Stripe.Checkout.SessionCreateParams.LineItem[] => {
  if (params.line_items !== undefined && params.line_items.length > 0) return params.line_items;
  throw invalidRequest('Missing required param: line_items.', { code: 'parameter_missing', param: 'line_items' });
};

export const expiryOf = (context: Context): number => {
  const given = context.params.expires_at;
  if (given === undefined) return context.now + lifeSecondsMax;
  const life = given - context.now;
  if (life >= lifeSecondsMin && life <= lifeSecondsMax) return given;
  throw invalidRequest('`expires_at` must be between 30 minutes and 24 hours from now.', { param: 'expires_at' });
};

/** SEPA moves euros only. */
export const methodTypesOf = (params: CheckoutParams, currency: string | undefined): string[] => {
  const named = params.allowed_payment_method_types ?? params.payment_method_types;
  if (named !== undefined) return [...named];
  return currency?.toLowerCase() === 'eur' ? ['card', 'sepa_debit'] : ['card'];
};
