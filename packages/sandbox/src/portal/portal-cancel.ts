import type Stripe from 'stripe';
import { invalidRequest } from '../errors.js';
import { escapeHtml } from '../pages/layout.js';
import { cancelNow } from '../subscriptions/cancel-subscription.js';
import { isFlexible, isOver, type SubscriptionObject, subscriptions } from '../subscriptions/subscription.js';
import { updateByParams } from '../subscriptions/update-request.js';
import { openFlow } from './portal-session.js';
import { asked, type PortalForm, type Visit } from './portal-visit.js';
import { dayWords } from './portal-words.js';

/** Whose cancellation or change this is: of the flow, or the one that is named. */
export const chosenSubscription = (visit: Visit): SubscriptionObject => {
  const flow = openFlow(visit.session);
  const step = flow?.subscription_cancel ?? flow?.subscription_update ?? flow?.subscription_update_confirm;
  const found = visit.work.get(subscriptions, step?.subscription ?? asked(visit, 'subscription'));
  if (found?.customer === visit.customer.id && !isOver(found)) return found;
  throw invalidRequest('Choose one of your subscriptions.', { param: 'subscription' });
};

const reasonWords: Readonly<Record<string, string>> = {
  customer_service: 'I expected better help',
  low_quality: 'The quality was too low',
  missing_features: 'Something is missing',
  other: 'Something else',
  switched_service: 'I use something else now',
  too_complex: 'It is too complicated',
  too_expensive: 'It is too expensive',
  unused: 'I do not use it enough',
};

/** At once or at the end of the period, as configured. */
export const cancelForm: PortalForm = {
  title: 'Cancel a subscription',
  isOpen: ({ configuration }) => configuration.features.subscription_cancel.enabled,
  show: (visit, { typed }) => {
    const subscription = chosenSubscription(visit);
    const { cancellation_reason: reason, mode } = visit.configuration.features.subscription_cancel;
    const when =
      mode === 'immediately'
        ? 'It ends at once.'
        : `It goes on until ${dayWords(lastEndOf(subscription))} and then ends.`;
    const reasons = reason.enabled ? reasonChoices(reason.options, typed) : '';
    return `<p>${when}</p>
<form method="post">
<input type="hidden" name="subscription" value="${escapeHtml(subscription.id)}">
${reasons}<p class="actions"><button type="submit" name="decision" value="cancel">Cancel the subscription</button></p>
${offerOf(visit)}</form>`;
  },
  submit: (visit) => {
    const subscription = chosenSubscription(visit);
    if (asked(visit, 'decision') === 'stay') return stay(visit, subscription);
    const { mode, proration_behavior: proration } = visit.configuration.features.subscription_cancel;
    const cancellation_details = detailsFrom(visit);
    if (mode === 'immediately') {
      const prorate = proration !== 'none';
      const params = { prorate, invoice_now: false, cancellation_details };
      cancelNow(visit.work, subscription, params);
      return undefined;
    }
    const at = isFlexible(subscription) ? { cancel_at: lastEndOf(subscription) } : { cancel_at_period_end: true };
    updateByParams(visit.work, subscription, { ...at, cancellation_details });
    return undefined;
  },
};

/**
 * Flexible subscriptions are canceled in the portal by a date, "the maximum current_period_end across all items":
 * https://docs.stripe.com/billing/subscriptions/billing-mode/compare#cancellations-in-the-customer-portal
 */
const lastEndOf = (subscription: SubscriptionObject): number =>
  Math.max(...subscription._items.map((item) => item.current_period_end));

const reasonChoices = (options: readonly string[], typed: URLSearchParams): string => {
  const choices = options.map((option) => {
    const isChosen = typed.get('feedback') === option ? ' checked' : '';
    const words = escapeHtml(reasonWords[option] ?? option);
    return `<label><input type="radio" name="feedback" value="${escapeHtml(option)}"${isChosen}> ${words}</label>`;
  });
  return `<fieldset><legend>Why? You need not say.</legend>${choices.join('')}</fieldset>
<div class="field"><label for="comment">Anything else?</label><input id="comment" name="comment" autocomplete="off" value="${escapeHtml(typed.get('comment') ?? '')}"></div>
`;
};

type Details = Stripe.SubscriptionUpdateParams.CancellationDetails;

const detailsFrom = (visit: Visit): Details => {
  const { cancellation_reason: reason } = visit.configuration.features.subscription_cancel;
  const feedback = asked(visit, 'feedback');
  const comment = asked(visit, 'comment');
  if (!reason.enabled || (feedback === '' && comment === '')) return {};
  if (feedback !== '' && !reason.options.some((option) => option === feedback)) {
    throw invalidRequest('Choose one of the reasons.', { param: 'feedback' });
  }
  return {
    ...(feedback === '' ? {} : { feedback: feedback as NonNullable<Details['feedback']> }),
    ...(comment === '' ? {} : { comment }),
  };
};

const couponOf = (visit: Visit): string | undefined =>
  openFlow(visit.session)?.subscription_cancel?.retention?.coupon_offer?.coupon;

/** What a flow may offer to whoever stays: https://docs.stripe.com/customer-management/cancellation-page */
const offerOf = (visit: Visit): string =>
  couponOf(visit) === undefined
    ? ''
    : '<p><button class="quiet" type="submit" name="decision" value="stay">Stay, with a discount</button></p>\n';

const stay = (visit: Visit, subscription: SubscriptionObject): undefined => {
  const coupon = couponOf(visit);
  if (coupon === undefined) throw invalidRequest('Nothing is offered here.', { param: 'decision' });
  updateByParams(visit.work, subscription, { discounts: [{ coupon }] });
  return undefined;
};

/** Takes a cancellation back that has not happened yet. */
export const keepForm: PortalForm = {
  title: 'Keep the subscription',
  isOpen: ({ configuration }) => configuration.features.subscription_cancel.enabled,
  show: (visit) => `<form method="post">
<input type="hidden" name="subscription" value="${escapeHtml(chosenSubscription(visit).id)}">
<p class="actions"><button type="submit">Do not cancel</button></p>
</form>`,
  submit: (visit) => {
    const subscription = chosenSubscription(visit);
    if (subscription.cancel_at === null) throw invalidRequest('This subscription is not going to end.');
    const back = subscription.cancel_at_period_end ? { cancel_at_period_end: false } : { cancel_at: '' as const };
    updateByParams(visit.work, subscription, back);
    return undefined;
  },
};
