import { Refusal } from '../errors.js';
import type { PageAnswer, PageRequest, Resource } from '../operation.js';
import { charges, idOf } from '../resources/charges/charge.js';
import { lostDiscount } from '../resources/checkout/checkout-promotion.js';
import {
  type CheckoutSessionObject,
  completeAfterPayment,
  completeAfterSetup,
  sessionOfIntent,
  sessionPageUrl,
  successUrl,
} from '../resources/checkout/checkout-session.js';
import { completeSubscribing } from '../resources/checkout/checkout-subscribe.js';
import { clockOfCustomer } from '../resources/customers/customer.js';
import { finishAuthentication } from '../resources/payment-intents/payment-attempt.js';
import { type PaymentIntentObject, paymentIntents } from '../resources/payment-intents/payment-intent.js';
import { paymentMethods } from '../resources/payment-methods/payment-method.js';
import {
  finishSetupAuthentication,
  type SetupIntentObject,
  setupIntents,
} from '../resources/setup-intents/setup-intent.js';
import type { Work } from '../work.js';
import { escapeHtml, sandboxPage } from './layout.js';
import { moneyText } from './money-text.js';

type Intent = PaymentIntentObject | SetupIntentObject;

const intentIn = (work: Work, request: PageRequest): Intent => {
  const id = request.path.intent ?? '';
  return id.startsWith('seti_') ? work.require(setupIntents, id) : work.require(paymentIntents, id);
};

/** Stands for the page of the customer's bank. */
const showChallenge = (work: Work, request: PageRequest): PageAnswer => {
  const intent = intentIn(work, request);
  if (!isChallenged(intent)) return notWaiting(intent);
  const method = work.get(paymentMethods, idOf(intent.payment_method) ?? '');
  const what =
    intent.object === 'payment_intent' ? `pay ${moneyText(intent.amount, intent.currency)}` : 'save this card';
  const body = `<p class="hint">This page stands for the page of the customer's bank (3D Secure).</p>
<p>The bank of the card ending in ${escapeHtml(method?.card?.last4 ?? '')} asks: is it you who wants to ${escapeHtml(what)}?</p>
<form method="post" class="actions">
<button name="outcome" value="complete">Complete authentication</button>
<button class="quiet" name="outcome" value="fail">Fail authentication</button>
</form>`;
  return { kind: 'html', html: sandboxPage('Authenticate', body) };
};

/** A bank transfer is waited for as well, and nobody's bank asks who sends it. */
const isChallenged = ({ next_action: action, status }: Intent): boolean =>
  status === 'requires_action' && action?.type !== 'display_bank_transfer_instructions';

const notWaiting = (intent: Intent): PageAnswer => ({
  kind: 'html',
  status: 409,
  html: sandboxPage('Nothing to authenticate', `<p>This is ${escapeHtml(intent.status)} and waits for nobody.</p>`),
});

const answerChallenge = (work: Work, request: PageRequest): PageAnswer => {
  const before = intentIn(work, request);
  if (!isChallenged(before)) return notWaiting(before);
  const outcome = request.form.get('outcome');
  if (outcome !== 'complete' && outcome !== 'fail') return showChallenge(work, request);
  const returnUrl = before.next_action?.redirect_to_url?.return_url ?? null;
  try {
    const after = finish(work, before, outcome === 'complete' && !isDiscountLost(work, before));
    return leave(work, after, returnUrl);
  } catch (error) {
    // A decline keeps what it wrote, and the customer goes back to where they came from.
    if (error instanceof Refusal && error.commits) return leave(work, intentIn(work, request), returnUrl);
    throw error;
  }
};

/** What its checkout promised to take off is used up by others: the bank is not let take the money. */
const isDiscountLost = (work: Work, intent: Intent): boolean => {
  const session = sessionOfIntent(work, intent.id);
  return session?.status === 'open' && lostDiscount(work, session) !== undefined;
};

const finish = (work: Work, intent: Intent, passed: boolean): Intent =>
  intent.object === 'payment_intent'
    ? finishAuthentication(work.onClock(clockOfCustomer(work, idOf(intent.customer))), intent, passed)
    : finishSetupAuthentication(work, intent, passed);

const leave = (work: Work, intent: Intent, returnUrl: string | null): PageAnswer => {
  const session = sessionOfIntent(work, intent.id);
  const succeeded = intent.status === 'succeeded' || intent.status === 'requires_capture';
  if (session !== undefined) {
    if (!succeeded) return { kind: 'redirect', location: sessionPageUrl(work, session.id) };
    const done = completeAfter(work, session, intent);
    return { kind: 'redirect', location: successUrl(done) ?? sessionPageUrl(work, session.id) };
  }
  if (returnUrl !== null) return { kind: 'redirect', location: withOutcome(returnUrl, intent, succeeded) };
  const text = succeeded ? 'Done. You can close this page.' : 'It failed. You can close this page and try again.';
  return { kind: 'html', html: sandboxPage(succeeded ? 'Authenticated' : 'Not authenticated', `<p>${text}</p>`) };
};

const completeAfter = (work: Work, session: CheckoutSessionObject, intent: Intent): CheckoutSessionObject => {
  if (session.mode === 'subscription') return completeSubscribing(work, session);
  return intent.object === 'payment_intent'
    ? completeAfterPayment(work, session, intent)
    : completeAfterSetup(work, session, intent);
};

/** https://docs.stripe.com/payments/3d-secure: what the way back carries. */
const withOutcome = (returnUrl: string, intent: Intent, succeeded: boolean): string => {
  const query = new URLSearchParams({
    [intent.object]: intent.id,
    [`${intent.object}_client_secret`]: intent.client_secret ?? '',
    redirect_status: succeeded ? 'succeeded' : 'failed',
  });
  const [address = '', fragment] = returnUrl.split('#');
  return `${address}${address.includes('?') ? '&' : '?'}${query}${fragment === undefined ? '' : `#${fragment}`}`;
};

const showReceipt = (work: Work, request: PageRequest): PageAnswer => {
  const charge = work.require(charges, request.path.charge ?? '');
  const facts = [
    ['Charge', charge.id],
    ['Amount', moneyText(charge.amount, charge.currency)],
    ['Status', charge.status],
    ['Refunded', moneyText(charge.amount_refunded, charge.currency)],
  ] as const;
  const body = `<dl>${facts.map(([name, value]) => `<dt>${name}</dt><dd>${escapeHtml(value)}</dd>`).join('')}</dl>`;
  return { kind: 'html', html: sandboxPage('Receipt', body) };
};

export const challengePageResource: Resource = {
  collections: [],
  operations: {},
  pages: {
    'GET /challenge/:account/:intent': showChallenge,
    'POST /challenge/:account/:intent': answerChallenge,
    'GET /receipts/:account/:charge': showReceipt,
  },
};
