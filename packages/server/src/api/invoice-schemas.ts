import { INVOICE_LINES_MAX, type InvoiceLineInput } from '@tollbridge/core';
import { z } from 'zod';
import { amount, currencyText, instantInput, instantText, metadata } from './schemas.js';

const decimalText = z
  .union([z.string().max(40), z.number().int()])
  .transform(String)
  .describe('A decimal as text, or a whole number.');

export const lineInput = z.strictObject({
  description: z.string().trim().min(1).max(500),
  quantity: decimalText.default('1'),
  unit_amount: decimalText.describe('Minor units of the currency; up to 12 places as text.'),
  tax_rate_percent: decimalText.default('0'),
  tax_behaviour: z.enum(['inclusive', 'exclusive', 'reverse_charge']).default('exclusive'),
  period: z.strictObject({ start: instantInput, end: instantInput }).nullable().default(null),
});

export const linesInput = z.array(lineInput).max(INVOICE_LINES_MAX);

/** A line as it came in, as the rule takes it. */
export const lineFromInput = (line: z.output<typeof lineInput>): Omit<InvoiceLineInput, 'id'> => ({
  description: line.description,
  quantity: line.quantity,
  unitAmount: line.unit_amount,
  taxRatePercent: line.tax_rate_percent,
  taxBehaviour: line.tax_behaviour,
  periodStart: line.period?.start ?? null,
  periodEnd: line.period?.end ?? null,
});

export const termsInput = {
  legal_entity_id: z.string().min(1).max(100).describe('The issuer; left out, the default one.'),
  collection_method: z.enum(['charge_automatically', 'send_invoice']),
  days_until_due: z.number().int().min(0).max(365).nullable().describe('With "send_invoice": this or due_at.'),
  due_at: instantInput
    .nullable()
    .describe('With "send_invoice", in place of days: the moment by which it is to be paid.'),
  description: z.string().trim().min(1).max(500).nullable(),
  metadata,
};

export const currencyInput = currencyText;

const paymentErrorFields = {
  code: z.string(),
  decline_code: z.string().nullable(),
  message: z.string(),
  request_id: z.string().nullable(),
  advice_code: z.string().nullable(),
  stripe_payment_method_id: z.string().nullable(),
};

export const paymentError = z.object(paymentErrorFields).meta({ id: 'PaymentError' });

const paymentLink = z
  .string()
  .nullable()
  .optional()
  .describe('Only in events: the page on which the payer sees and pays the invoice.');

export const invoice = z
  .object({
    object: z.literal('invoice'),
    id: z.string(),
    customer_id: z.string(),
    legal_entity_id: z.string(),
    number: z.string().nullable(),
    status: z.enum(['draft', 'finalized', 'paid', 'void', 'uncollectible']),
    payment_status: z.enum(['pending', 'processing', 'requires_action', 'succeeded', 'failed']),
    payment_status_reason: z.string().nullable().describe('Why nothing moves, or why the last attempt failed.'),
    currency: z.string(),
    subtotal: amount,
    tax: amount,
    total: amount,
    amount_paid: amount,
    amount_refunded: amount,
    amount_credited: amount,
    amount_due: amount,
    collection_method: z.enum(['charge_automatically', 'send_invoice']),
    days_until_due: z.number().int().nullable(),
    due_at: instantText.nullable(),
    overdue_at: instantText.nullable(),
    issuer: z
      .object({
        legal_entity_id: z.string(),
        name: z.string(),
        address: z.record(z.string(), z.string().nullable()),
        tax_ids: z.array(z.object({ type: z.string(), value: z.string() })),
        footer: z.string().nullable(),
      })
      .nullable()
      .describe('The issuer as it was when the invoice was finalized.'),
    finalized_at: instantText.nullable(),
    paid_at: instantText.nullable(),
    voided_at: instantText.nullable(),
    open_payment_id: z.string().nullable().describe('The one attempt that may be under way.'),
    last_payment_error: paymentError.nullable(),
    description: z.string().nullable(),
    metadata: z.record(z.string(), z.string()),
    created_at: instantText,
    payment_link: paymentLink,
  })
  .meta({ id: 'Invoice' });

export const invoiceLine = z
  .object({
    object: z.literal('invoice_line'),
    id: z.string(),
    position: z.number().int(),
    description: z.string(),
    quantity: z.string(),
    unit_amount: z.string(),
    amount,
    tax_rate_percent: z.string(),
    tax_behaviour: z.enum(['inclusive', 'exclusive', 'reverse_charge']),
    tax: amount,
    net: amount,
    period: z.object({ start: instantText, end: instantText }).nullable(),
  })
  .meta({ id: 'InvoiceLine' });

export const payment = z
  .object({
    object: z.literal('payment'),
    id: z.string(),
    invoice_id: z.string(),
    customer_id: z.string(),
    connection_id: z.string().nullable(),
    kind: z.enum(['automatic', 'hosted', 'offline']),
    status: z.enum([
      'creating',
      'awaiting_payer',
      'confirming',
      'canceling',
      'processing',
      'requires_action',
      'succeeded',
      'failed',
      'canceled',
    ]),
    amount,
    amount_applied: amount.describe('As much of it as the invoice needed.'),
    amount_refunded: amount,
    currency: z.string(),
    confirmations: z.number().int().describe('How often it was confirmed at Stripe.'),
    stripe_payment_intent_id: z.string().nullable(),
    stripe_checkout_session_id: z.string().nullable(),
    stripe_charge_id: z.string().nullable(),
    stripe_payment_method_id: z.string().nullable(),
    session: z.object({ url: z.string(), expires_at: instantText }).nullable(),
    next_action: z.object({ type: z.string(), url: z.string().nullable() }).nullable(),
    failure: paymentError.nullable(),
    is_late_duplicate: z.boolean().describe('It came when the invoice was settled already, and is refunded.'),
    reference: z.string().nullable(),
    succeeded_at: instantText.nullable(),
    canceled_at: instantText.nullable(),
    created_at: instantText,
    payment_link: paymentLink,
  })
  .meta({ id: 'Payment' });

/** Where a payer can be sent in a browser. */
export const webUrl = z.url({ protocol: /^https?$/ }).max(2_048);
