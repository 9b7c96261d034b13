import type Stripe from 'stripe';
import { declined, invalidRequest, type Refusal, unexpectedState } from '../../errors.js';
import { metadataMerged } from '../../metadata.js';
import { operation } from '../../operation.js';
import { provided } from '../../params.js';
import type { RequestContext } from '../../work.js';
import { checkedCurrency, requireChargeable, requirePositiveInteger, requireWholeUnits } from '../currency-rules.js';
import { clockOfCustomer } from '../customers/customer.js';
import { behaviourOf, type PaymentMethodObject, paymentMethods } from '../payment-methods/payment-method.js';
import { shippingFrom } from '../shipping.js';
import { refuseUnserved } from '../unserved.js';
import { type ChargeObject, type ChargeOrder, charges, putCharge, withMoney } from './charge.js';
import { chargedSource } from './charged-source.js';
import { type DeclineReason, declineOf, declineReasons } from './decline-reasons.js';
import { openDispute } from './dispute.js';
import { bankAnswerSeconds, debitAnswers } from './late-debit.js';
import { putRelease } from './refund.js';

// Charges that were made without an intent, of which Stripe says that nobody should make them any more:
// https://docs.stripe.com/payments/payment-intents/migration. A card that asks for its holder cannot be charged so.

/** https://docs.stripe.com/payments/place-a-hold-on-a-payment-method */
const holdSeconds = 7 * 24 * 60 * 60;

const unserved = [
  'application_fee',
  'application_fee_amount',
  'destination',
  'on_behalf_of',
  'radar_options',
  'transfer_data',
];

type CreateContext = RequestContext<Stripe.ChargeCreateParams>;

export const createCharge = operation<Stripe.ChargeCreateParams>((request) => {
  const context = request.onClock(clockOfCustomer(request, request.params.customer ?? null));
  refuseUnserved(context.params, unserved);
  const order = orderIn(context);
  const { method, shown } = chargedSource(context);
  const behaviour = behaviourOf(method);
  const pending = behaviour.answers !== 'at_once';
  const reason = declineOfCard(method);
  const captureBefore = order.capture_method === 'manual' ? context.now + holdSeconds : null;
  const attempt = { method, authenticated: false, declined: reason, pending };
  const charge = context.put(charges, {
    ...putCharge(context, order, { ...attempt, captureBefore: reason === null ? captureBefore : null }),
    source: shown,
  });
  if (reason !== null) {
    context.emit('charge.failed', charge);
    throw declined(declineOf(reason, { charge: charge.id }));
  }
  context.emit(pending ? 'charge.pending' : 'charge.succeeded', charge);
  if (pending) context.schedule(debitAnswers, charge.id, context.now + bankAnswerSeconds);
  else if (captureBefore !== null) context.schedule('charge.hold_ends', charge.id, captureBefore);
  else if (behaviour.dispute !== null) openDispute(context, charge, behaviour.dispute);
  return charge;
});

const orderIn = ({ application, params }: CreateContext): ChargeOrder => {
  if (params.amount === undefined) throw missing('amount');
  if (params.currency === undefined || params.currency === '') throw missing('currency');
  const currency = checkedCurrency(params.currency);
  requireChargeable(params.amount, currency);
  return {
    id: null,
    amount: params.amount,
    application,
    capture_method: params.capture === false ? 'manual' : 'automatic',
    currency,
    customer: params.customer ?? null,
    description: params.description ?? null,
    metadata: metadataMerged({}, params.metadata),
    receipt_email: params.receipt_email ?? null,
    shipping: (shippingFrom(params.shipping) ?? null) as ChargeOrder['shipping'],
    statement_descriptor: params.statement_descriptor ?? null,
    statement_descriptor_suffix: params.statement_descriptor_suffix ?? null,
    transfer_group: params.transfer_group ?? null,
  };
};

const missing = (param: string): Refusal =>
  invalidRequest(`Missing required param: ${param}.`, { code: 'parameter_missing', param });

/** Nobody can be asked to prove who they are here. */
const declineOfCard = (method: PaymentMethodObject): DeclineReason | null => {
  const { authentication, declines } = behaviourOf(method);
  if (authentication === 'always' || authentication === 'on_session' || authentication === 'until_set_up') {
    return declineReasons.authentication_required;
  }
  return declines === null ? null : declineReasons[declines];
};

export const captureCharge = operation<Stripe.ChargeCaptureParams>((context) => {
  const { params } = context;
  refuseUnserved(params, ['application_fee', 'application_fee_amount', 'transfer_data']);
  const before = context.require(charges, context.path.charge ?? '');
  requireCapturable(before);
  const amount = params.amount ?? before.amount;
  requirePositiveInteger(amount, 'amount');
  requireWholeUnits(amount, before.currency, 'amount');
  if (amount > before.amount) {
    throw invalidRequest(`The amount to capture is more than the ${before.amount} that is held.`, {
      code: 'amount_too_large',
      param: 'amount',
    });
  }
  const method = context.require(paymentMethods, before.payment_method ?? '');
  const captured: ChargeObject = {
    ...before,
    ...(provided({
      receipt_email: params.receipt_email,
      statement_descriptor: params.statement_descriptor,
      statement_descriptor_suffix: params.statement_descriptor_suffix,
      transfer_group: params.transfer_group,
    }) as Partial<ChargeObject>),
    captured: true,
    amount_captured: amount,
    amount_refunded: putRelease(context, before, before.amount - amount),
  };
  const charge = context.put(charges, withMoney(context, captured, method));
  context.unschedule('charge.hold_ends', charge.id);
  context.emit('charge.captured', charge);
  const { dispute } = behaviourOf(method);
  if (dispute !== null) openDispute(context, charge, dispute);
  return charge;
});

/** The first two as seen in a recording of August 2026; `charge_expired_for_capture`: https://docs.stripe.com/error-codes */
const requireCapturable = (charge: ChargeObject): void => {
  if (charge.captured) {
    throw unexpectedState('charge_already_captured', `Charge ${charge.id} has already been captured.`);
  }
  if (charge.payment_intent !== null) {
    throw invalidRequest(
      `This uncaptured Charge was created by a PaymentIntent (${String(charge.payment_intent)}). You must capture the PaymentIntent instead. For more information, see https://stripe.com/docs/payments/place-a-hold-on-a-payment-method`,
    );
  }
  if (charge.refunded) {
    throw unexpectedState(
      'charge_expired_for_capture',
      `Charge ${charge.id} can no longer be captured: its hold ended.`,
    );
  }
  if (!charge.paid) throw invalidRequest(`Charge ${charge.id} did not succeed; there is nothing to capture.`);
};
