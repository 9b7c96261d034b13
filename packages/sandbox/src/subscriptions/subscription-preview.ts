import type Stripe from 'stripe';
import { invalidRequest, type Refusal } from '../errors.js';
import { clockOf, customers } from '../resources/customers/customer.js';
import { balanceIn } from '../resources/customers/customer-balance.js';
import { lineOfItem } from '../resources/invoice-items/invoice-item.js';
import { ratesFrom } from '../resources/invoice-items/invoice-item-cost.js';
import type { InvoiceObject } from '../resources/invoices/invoice.js';
import type { LineDraft } from '../resources/invoices/invoice-line.js';
import { refuseUnserved } from '../resources/unserved.js';
import type { RequestContext, Work } from '../work.js';
import { cancellationFrom } from './cancel-at.js';
import { firstLines } from './first-invoice.js';
import { discountsIn, type NewSubscriptionParams, newSubscription } from './new-subscription.js';
import { requireAnchor } from './preview-anchor.js';
import { itemOfProration } from './proration-items.js';
import { creditsOf, type Proration } from './proration-plan.js';
import { periodEndOf, periodStartOf, requireNotOver, type SubscriptionObject, subscriptions } from './subscription.js';
import { lastingUntil } from './subscription-discounts.js';
import { waitingFor } from './subscription-invoice.js';
import { previewOf, renewalLines } from './upcoming-invoice.js';
import { planUpdate } from './update-plan.js';
import { usageLines } from './usage-lines.js';

type PreviewParams = Stripe.InvoiceCreatePreviewParams;
type Details = NonNullable<PreviewParams['subscription_details']>;

/**
 * The invoice that a subscription, one that would begin or one that would change, brings next. It is worked out as the
 * real one would be; the request keeps nothing. https://docs.stripe.com/api/invoices/create_preview
 */
export const previewSubscription = (request: RequestContext<PreviewParams>): InvoiceObject => {
  const { params } = request;
  const details = params.subscription_details ?? {};
  refuseUnserved(details, ['billing_schedules', 'pause', 'resume_at']);
  if (params.subscription === undefined) requireNothingToChange(details);
  else refuseUnserved(details, ['start_date'], 'subscription_details');
  const preview = params.subscription === undefined ? ofNew(request, details) : ofChanged(request, details);
  const customer = request.require(customers, preview.customer);
  return { ...preview, starting_balance: balanceIn(customer, preview.currency) };
};

/** What only a subscription that is there can be asked for. */
const requireNothingToChange = (details: Details): void => {
  const deleted = (details.items ?? []).findIndex((item) => item.deleted === true);
  if (deleted >= 0) {
    throw invalidRequest('An item that is not there cannot be deleted.', {
      param: `subscription_details[items][${deleted}][deleted]`,
    });
  }
  for (const name of ['cancel_now', 'proration_date'] as const) {
    if (details[name] === undefined || details[name] === false) continue;
    throw invalidRequest(`\`subscription_details[${name}]\` needs a \`subscription\`.`, {
      param: `subscription_details[${name}]`,
    });
  }
};

const nothing = (): Refusal => invalidRequest('No upcoming invoices for customer', { code: 'invoice_upcoming_none' });

const ofNew = (request: RequestContext<PreviewParams>, details: Details): InvoiceObject => {
  const { params } = request;
  if (params.customer === undefined) {
    throw invalidRequest('Missing required param: customer.', { code: 'parameter_missing', param: 'customer' });
  }
  const customer = request.require(customers, params.customer, 'customer');
  const context = request.onClock(clockOf(customer));
  const { billing_cycle_anchor: anchor, start_date: start, ...others } = details;
  requireAnchor(anchor, 'new');
  const begun = newSubscription(
    context,
    customer,
    {
      ...others,
      ...(anchor?.type === 'timestamp' ? { billing_cycle_anchor: anchor.timestamp } : {}),
      ...(start === undefined ? {} : { backdate_start_date: start }),
      ...(params.currency === undefined ? {} : { currency: params.currency }),
      ...(params.discounts === undefined ? {} : { discounts: params.discounts }),
    } as NewSubscriptionParams,
    request.version,
  );
  const lines = firstLines(context, begun, details.proration_behavior === 'none');
  const period = { start: context.now, end: context.now };
  const waiting = waitingFor(context, begun).map(lineOfItem);
  return previewOf(context, begun, { lines: [...waiting, ...lines], period });
};

const ofChanged = (request: RequestContext<PreviewParams>, details: Details): InvoiceObject => {
  const given = request.require(subscriptions, request.params.subscription ?? '', 'subscription');
  if (request.params.customer !== undefined && request.params.customer !== given.customer) {
    throw invalidRequest(`The subscription ${given.id} does not belong to the customer.`, { param: 'subscription' });
  }
  requireNotOver(given);
  requireAnchor(details.billing_cycle_anchor, 'existing');
  const context = request.onClock(given.test_clock);
  const discounted = discountsIn(context, given, request.params.discounts);
  if (details.cancel_now === true) return ofCancellation(context, { ...given, ...discounted }, details);
  const rates = ratesFrom(context, details.default_tax_rates, 'subscription_details[default_tax_rates]');
  const plan = planUpdate(context, given, {
    items: (details.items ?? []) as never,
    prorates: details.proration_behavior !== 'none',
    prorationDate: details.proration_date,
    resetsAnchor: details.billing_cycle_anchor?.type === 'now',
    trialEnd: details.trial_end,
    fields: {
      ...cancellationFrom(context, given, details),
      ...(rates === undefined ? {} : { default_tax_rates: rates }),
      ...discounted,
    },
  });
  const prorations = linesOf(context, given, plan.prorations);
  const waiting = waitingFor(context, given).map(lineOfItem);
  const isBilledNow = plan.billsNow || (details.proration_behavior === 'always_invoice' && prorations.length > 0);
  const prorationDate = prorations.length > 0 ? (details.proration_date ?? context.now) : undefined;
  if (isBilledNow && request.params.preview_mode !== 'recurring') {
    const period = { start: context.now, end: context.now };
    return previewOf(context, plan.after, { lines: [...prorations, ...waiting, ...plan.lines], period, prorationDate });
  }
  const then = lastingUntil(context, plan.after, periodEndOf(plan.after));
  const renewal = renewalLines(context, then);
  const isRecurring = request.params.preview_mode === 'recurring';
  if (renewal === undefined && prorations.length + waiting.length === 0) throw nothing();
  const lines = isRecurring ? (renewal ?? []) : [...prorations, ...waiting, ...(renewal ?? [])];
  const period = { start: periodStartOf(then), end: periodEndOf(then) };
  return previewOf(context, then, { lines, period, prorationDate });
};

const linesOf = (work: Work, subscription: SubscriptionObject, prorations: readonly Proration[]): LineDraft[] =>
  prorations.map((proration) => lineOfItem(itemOfProration(work, subscription, proration)));

const ofCancellation = (work: Work, given: SubscriptionObject, details: Details): InvoiceObject => {
  const isCredited = details.proration_behavior !== 'none' && given.status !== 'trialing';
  const at = details.proration_date ?? work.now;
  const credits = isCredited ? linesOf(work, given, creditsOf(work, given, given._items, at)) : [];
  const lines = [...credits, ...waitingFor(work, given).map(lineOfItem), ...usageLines(work, given, given._items)];
  if (lines.length === 0) throw nothing();
  return previewOf(work, given, { lines, period: { start: work.now, end: work.now }, prorationDate: at });
};
