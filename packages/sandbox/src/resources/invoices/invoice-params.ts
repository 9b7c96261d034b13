import type Stripe from 'stripe';
import { invalidRequest } from '../../errors.js';
import { metadataMerged } from '../../metadata.js';
import { provided } from '../../params.js';
import type { Work } from '../../work.js';
import { ratesFrom } from '../invoice-items/invoice-item-cost.js';
import { shippingFrom } from '../shipping.js';
import { refuseUnserved } from '../unserved.js';
import { wholeNumber } from '../whole-number.js';
import { billedOptions, servedOptions } from './billed-options.js';
import { daySeconds } from './collection-settings.js';
import type { InvoiceObject } from './invoice.js';
import { methodNamed } from './invoice-collect.js';

/** Their money or ownership is not served. */
export const unservedOfInvoices = [
  'account_tax_ids',
  'application_fee_amount',
  'automatic_tax',
  'customer_account',
  'default_source',
  'on_behalf_of',
  'shipping_cost',
  'transfer_data',
];

/** "Once an invoice is finalized, monetary values, as well as collection_method, become uneditable": api/invoices/update. */
export const editableWhenFinal: ReadonlySet<string> = new Set([
  'auto_advance',
  'custom_fields',
  'default_payment_method',
  'description',
  'due_date',
  'footer',
  'metadata',
  'payment_settings',
  'rendering',
  'statement_descriptor',
]);

/** What creating and updating share. */
export type InvoiceParams = Pick<
  Stripe.InvoiceCreateParams & Stripe.InvoiceUpdateParams,
  | 'auto_advance'
  | 'automatically_finalizes_at'
  | 'collection_method'
  | 'custom_fields'
  | 'days_until_due'
  | 'default_payment_method'
> &
  Pick<
    Stripe.InvoiceCreateParams & Stripe.InvoiceUpdateParams,
    'description' | 'due_date' | 'effective_at' | 'footer' | 'issuer' | 'metadata' | 'payment_settings' | 'rendering'
  > & {
    readonly default_tax_rates?: string[] | '';
    readonly number?: string;
    readonly shipping_details?: Stripe.InvoiceUpdateParams['shipping_details'];
    readonly statement_descriptor?: string;
  };

/** The invoice's fields a request changes. */
export const fieldsFrom = (work: Work, before: InvoiceObject, params: InvoiceParams): Partial<InvoiceObject> => {
  refuseUnserved(params.issuer ?? {}, ['account']);
  const rates = ratesFrom(work, params.default_tax_rates, 'default_tax_rates');
  return {
    ...(provided({
      auto_advance: params.auto_advance,
      collection_method: params.collection_method,
      custom_fields: params.custom_fields,
      description: params.description,
      effective_at: params.effective_at,
      footer: params.footer,
      number: params.number,
      shipping_details: shippingFrom(params.shipping_details),
      statement_descriptor: params.statement_descriptor,
    }) as Partial<InvoiceObject>),
    ...(rates === undefined ? {} : { default_tax_rates: rates }),
    ...methodIn(work, before, params.default_payment_method),
    ...dueIn(work, params),
    ...finalizationIn(work, params),
    ...(params.payment_settings === undefined
      ? {}
      : { payment_settings: settingsFrom(before, params.payment_settings) }),
    ...(params.rendering === undefined ? {} : { rendering: renderingFrom(params.rendering) }),
    metadata: metadataMerged(before.metadata, params.metadata),
  };
};

const methodIn = (work: Work, before: InvoiceObject, id: string | undefined): Partial<InvoiceObject> => {
  if (id === undefined) return {};
  if (id === '') return { default_payment_method: null };
  return { default_payment_method: methodNamed(work, before, id, 'default_payment_method').id };
};

const dueIn = (work: Work, { days_until_due: days, due_date: date }: InvoiceParams): Partial<InvoiceObject> => {
  if (days !== undefined && date !== undefined) {
    throw invalidRequest('You may only specify one of these parameters: days_until_due, due_date.', {
      param: 'due_date',
    });
  }
  if (days !== undefined) {
    return { _daysUntilDue: wholeNumber(days, 'days_until_due', 0), due_date: work.now + days * daySeconds };
  }
  if (date === undefined) return {};
  if (wholeNumber(date, 'due_date') < work.now)
    throw invalidRequest('`due_date` must be in the future.', { param: 'due_date' });
  return { _daysUntilDue: null, due_date: date };
};

/** A named time is kept whatever webhooks do: https://docs.stripe.com/invoicing/scheduled-finalization */
const finalizationIn = (work: Work, { automatically_finalizes_at: at }: InvoiceParams): Partial<InvoiceObject> => {
  if (at === undefined) return {};
  if (wholeNumber(at, 'automatically_finalizes_at') <= work.now) {
    throw invalidRequest('`automatically_finalizes_at` must be in the future.', {
      param: 'automatically_finalizes_at',
    });
  }
  return { automatically_finalizes_at: at, auto_advance: true, _isFinalizationSet: true };
};

const settingsFrom = (
  before: InvoiceObject,
  given: NonNullable<InvoiceParams['payment_settings']>,
): InvoiceObject['payment_settings'] => {
  refuseUnserved(given, ['default_mandate']);
  const { payment_method_options: options, ...others } = given;
  const settings = { ...before.payment_settings, ...provided({ ...others }) } as InvoiceObject['payment_settings'];
  if (options === undefined) return settings;
  return { ...settings, payment_method_options: optionsFrom(before, options) };
};

type OptionsGiven = NonNullable<NonNullable<InvoiceParams['payment_settings']>['payment_method_options']>;

const optionsFrom = (
  before: InvoiceObject,
  given: OptionsGiven,
): InvoiceObject['payment_settings']['payment_method_options'] => {
  const { card, ...cash } = servedOptions(given, ['installments']);
  const shown = { ...before.payment_settings.payment_method_options };
  if (card !== undefined) {
    shown.card = card && { request_three_d_secure: card.request_three_d_secure ?? 'automatic' };
  }
  return billedOptions({ ...shown, ...cash });
};

const renderingFrom = (given: NonNullable<InvoiceParams['rendering']>): InvoiceObject['rendering'] => ({
  amount_tax_display: null,
  pdf: null,
  template: null,
  template_version: null,
  ...provided({ ...given }),
});

/** An invoice that is sent says when it is to be paid, and no other does. */
export const requireDueDate = (invoice: Pick<InvoiceObject, 'collection_method' | 'due_date'>): void => {
  const isSent = invoice.collection_method === 'send_invoice';
  if (isSent && invoice.due_date === null) {
    throw invalidRequest('An invoice that is sent needs `days_until_due` or `due_date`.', {
      code: 'parameter_missing',
      param: 'days_until_due',
    });
  }
  if (isSent || invoice.due_date === null) return;
  throw invalidRequest('`days_until_due` and `due_date` are for invoices with `collection_method` `send_invoice`.', {
    param: 'days_until_due',
  });
};
