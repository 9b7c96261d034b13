import {
  CUSTOMER_METADATA_KEYS_MAX,
  CUSTOMER_NAME_LENGTH_MAX,
  type CustomerInput,
  parseCurrency,
  parseTimeZone,
} from '@tollbridge/core';
import { z } from 'zod';
import type { CustomerWish } from '../customers/customer-writing.js';
import { currencyText, instantText, metadata } from './schemas.js';

const part = z.string().trim().min(1).max(200).nullable().default(null);

const address = z.strictObject({
  line1: part,
  line2: part,
  city: part,
  postal_code: part,
  state: part,
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'two upper-case letters of ISO 3166-1')
    .nullable()
    .default(null),
});

const taxId = z.strictObject({
  type: z
    .string()
    .regex(/^[a-z]{2}_[a-z_]{2,20}$/, "Stripe's word for it, such as eu_vat")
    .describe("Stripe's word, such as eu_vat."),
  value: z.string().trim().min(1).max(100),
});

const EMAILS_MAX = 10;
const TAX_IDS_MAX = 5;
// Looser than the standard and stricter than nothing: whether a letter arrives is known only after it was sent.
const email = z
  .string()
  .max(320)
  .regex(/^[^\s@]+@[^\s@]+$/, 'an email address');

const knownCurrency = currencyText.transform((text, context) => {
  const currency = parseCurrency(text);
  if (currency.ok) return currency.value;
  context.addIssue({ code: 'custom', message: 'no active currency of ISO 4217' });
  return z.NEVER;
});

export const externalId = z
  .string()
  .trim()
  .min(1)
  .max(255)
  .refine((text) => !text.startsWith('erased_cus_'), 'this beginning stands for erased customers')
  .describe('Your own id of the customer.');

/** The fields that both an upsert and a change take. Left out: stays as it is. Null: emptied. */
export const customerFields = {
  name: z.string().trim().min(1).max(CUSTOMER_NAME_LENGTH_MAX).nullish(),
  emails: z.array(email).max(EMAILS_MAX).optional().describe('The first is the one that Stripe gets.'),
  phone: z.string().trim().min(1).max(20).nullish(),
  address: address.nullish(),
  tax_ids: z.array(taxId).max(TAX_IDS_MAX).optional(),
  currency: knownCurrency.nullish(),
  time_zone: z
    .string()
    .refine((text) => parseTimeZone(text).ok, 'a time zone such as Europe/Berlin')
    .nullish(),
  metadata: metadata
    .refine((entries) => Object.keys(entries).length <= CUSTOMER_METADATA_KEYS_MAX, 'at most 47 keys')
    .optional()
    .describe('Merged key by key; an empty value removes its key. At most 47 keys: Stripe takes 50, three are ours.'),
  payment_provider: z.literal('stripe').nullish().describe('Who collects from him; null lets go of his link.'),
  payment_provider_code: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe('The code of a connection to Stripe; left out, his own or the default one.'),
  provider_customer_id: z
    .string()
    .regex(/^cus_[A-Za-z0-9_]{1,100}$/, 'the id of a customer in Stripe, cus_…')
    .nullish()
    .describe('Links him to a customer that is in Stripe already; null unlinks him.'),
  sync_with_provider: z
    .boolean()
    .nullish()
    .describe(
      'Whether he is made in Stripe; null follows the switch of the connection. The switch alone touches nobody who is ' +
        'there already: a later write that names this or payment_provider does.',
    ),
  sync: z.boolean().default(false).describe('True: what Stripe must be told is told before the answer.'),
};

/** Nobody is made in Stripe, or linked there, whose payment provider is to be nobody. */
export const isConsistent = (body: {
  readonly payment_provider?: 'stripe' | null | undefined;
  readonly provider_customer_id?: string | null | undefined;
  readonly sync_with_provider?: boolean | null | undefined;
}): boolean =>
  body.payment_provider !== null || (typeof body.provider_customer_id !== 'string' && body.sync_with_provider !== true);

export const INCONSISTENT = {
  path: ['payment_provider'],
  message: 'null contradicts a provider_customer_id or sync_with_provider',
};

const fields = z.strictObject(customerFields);

/** What the body wants of a customer, in our words. */
export function customerWishFrom(body: z.output<typeof fields>): CustomerWish {
  const input: CustomerInput = {
    name: body.name,
    emails: body.emails,
    phone: body.phone,
    address: addressFrom(body.address),
    taxIds: body.tax_ids,
    currency: body.currency,
    timeZone: body.time_zone,
    metadata: body.metadata,
    paymentProvider: body.payment_provider,
    providerCustomerId: body.provider_customer_id,
    syncWithProvider: body.sync_with_provider,
  };
  return { input, connectionCode: body.payment_provider_code ?? null, isAtOnce: body.sync };
}

function addressFrom(body: z.output<typeof address> | null | undefined): CustomerInput['address'] {
  if (body === null || body === undefined) return body;
  const { postal_code: postalCode, ...rest } = body;
  return { ...rest, postalCode };
}

const text = z.string().nullable();

const customerAnswer = z.object({
  object: z.literal('customer'),
  id: z.string(),
  external_id: z.string(),
  name: text,
  emails: z.array(z.string()),
  phone: text,
  address: z.object({ line1: text, line2: text, city: text, postal_code: text, state: text, country: text }).nullable(),
  tax_ids: z.array(z.object({ type: z.string(), value: z.string() })),
  currency: text,
  time_zone: text,
  metadata: z.record(z.string(), z.string()),
  payment_provider: z.literal('stripe').nullable(),
  connection_id: text,
  provider_customer_id: text.describe('His id in Stripe.'),
  provider_status: z.enum(['not_linked', 'creating', 'linked', 'failed']),
  provider_error: z
    .object({ code: z.string(), message: z.string(), request_id: text })
    .nullable()
    .describe('Why he is not, or no longer, in Stripe, or why it did not take his data.'),
  sync_with_provider: z.boolean().nullable(),
  default_payment_method_id: text,
  created_at: instantText,
  deleted_at: instantText.nullable(),
});

export const customerSchema = customerAnswer.meta({ id: 'Customer' });

const count = z.number().int();

export const deletedCustomerSchema = customerAnswer
  .extend({
    in_stripe: z.enum(['kept', 'being_deleted', 'nothing_there']),
    remaining_invoices: z
      .object({ draft: count, open: count, paid: count, void: count, uncollectible: count })
      .describe('What stays for the books.'),
  })
  .meta({ id: 'DeletedCustomer' });

export const paymentMethodSchema = z
  .object({
    object: z.literal('payment_method'),
    id: z.string(),
    customer_id: z.string(),
    connection_id: z.string(),
    provider_payment_method_id: z.string().describe('Its id in Stripe.'),
    type: z.string(),
    brand: text,
    last4: text,
    exp_month: z.number().int().nullable(),
    exp_year: z.number().int().nullable(),
    is_default: z.boolean(),
    created_at: instantText,
    detached_at: instantText.nullable(),
  })
  .meta({ id: 'PaymentMethod' });

export const setupSessionSchema = z
  .object({
    object: z.literal('setup_session'),
    id: z.string(),
    customer_id: z.string(),
    connection_id: z.string(),
    status: z.enum(['creating', 'open', 'complete', 'failed', 'expired']),
    url: text.describe("Stripe's page; send the payer there. Null unless the session is open."),
    return_url: z.string(),
    cancel_url: text,
    expires_at: instantText.nullable(),
    error: z.object({ code: z.string(), message: z.string(), request_id: text }).nullable(),
    created_at: instantText,
  })
  .meta({ id: 'SetupSession' });
