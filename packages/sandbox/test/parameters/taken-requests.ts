import type { TakenRequest } from './silent-parameters.js';

const line = { 0: { price: '<price>', quantity: 1 } };
const done = 'https://shop.example/done';

/** For each operation whose hashes have many members, a request to which they can be added one by one. */
export const takenRequests: readonly TakenRequest[] = [
  { operation: 'POST /v1/customers', params: {} },
  { operation: 'POST /v1/customers/*', params: {}, after: ['customer'] },
  { operation: 'POST /v1/customers/*/cash_balance', params: {}, after: ['customer'] },
  {
    operation: 'POST /v1/customers/*/funding_instructions',
    params: {
      currency: 'eur',
      funding_type: 'bank_transfer',
      bank_transfer: { type: 'eu_bank_transfer', eu_bank_transfer: { country: 'DE' } },
    },
    after: ['customer'],
  },
  {
    operation: 'POST /v1/customers/*/sources',
    params: {
      source: {
        object: 'bank_account',
        account_number: '000123456789',
        country: 'US',
        currency: 'usd',
        routing_number: '110000000',
      },
    },
    after: ['customer'],
  },
  { operation: 'POST /v1/products', params: { name: 'Mug' } },
  { operation: 'POST /v1/products/*', params: {}, after: ['product'] },
  {
    operation: 'POST /v1/prices',
    params: { currency: 'usd', unit_amount: 5, product: '<product>' },
    after: ['product'],
  },
  { operation: 'POST /v1/prices', params: { currency: 'usd', unit_amount: 5, product_data: { name: 'Mug' } } },
  { operation: 'POST /v1/coupons', params: { percent_off: 10 } },
  {
    operation: 'POST /v1/promotion_codes',
    params: { promotion: { type: 'coupon', coupon: '<coupon>' } },
    after: ['coupon'],
  },
  { operation: 'POST /v1/payment_intents', params: { amount: 900, currency: 'usd' } },
  {
    operation: 'POST /v1/payment_intents',
    params: { amount: 900, currency: 'usd', payment_method: 'pm_card_visa', confirm: true, return_url: done },
  },
  { operation: 'POST /v1/payment_intents/*', params: {}, after: ['intent'] },
  {
    operation: 'POST /v1/payment_intents/*/confirm',
    params: { payment_method: 'pm_card_visa', return_url: done },
    after: ['intent'],
  },
  { operation: 'POST /v1/setup_intents', params: {} },
  {
    operation: 'POST /v1/setup_intents/*/confirm',
    params: { payment_method: 'pm_card_visa', return_url: done },
    after: ['setup'],
  },
  { operation: 'POST /v1/payment_methods', params: { type: 'card', card: { token: 'tok_visa' } } },
  { operation: 'POST /v1/payment_methods/*', params: {}, after: ['customer', 'method'] },
  {
    operation: 'POST /v1/checkout/sessions',
    params: { mode: 'payment', success_url: done, line_items: line },
    after: ['product', 'price'],
  },
  {
    operation: 'POST /v1/checkout/sessions',
    params: {
      mode: 'payment',
      success_url: done,
      line_items: {
        0: { price_data: { currency: 'usd', unit_amount: 900, product_data: { name: 'Mug' } }, quantity: 1 },
      },
    },
  },
  {
    operation: 'POST /v1/checkout/sessions',
    params: { mode: 'subscription', success_url: done, line_items: { 0: { price: '<plan>', quantity: 1 } } },
    after: ['product', 'plan'],
  },
  { operation: 'POST /v1/checkout/sessions', params: { mode: 'setup', currency: 'usd', success_url: done } },
  { operation: 'POST /v1/invoices', params: { customer: '<customer>' }, after: ['customer'] },
  { operation: 'POST /v1/invoices/*', params: {}, after: ['customer', 'item', 'draft'] },
  {
    operation: 'POST /v1/invoiceitems',
    params: { customer: '<customer>', amount: 900, currency: 'usd' },
    after: ['customer'],
  },
  { operation: 'POST /v1/invoiceitems/*', params: {}, after: ['customer', 'item'] },
  {
    operation: 'POST /v1/invoices/*/add_lines',
    params: { lines: { 0: { amount: 900, description: 'Work' } } },
    after: ['customer', 'item', 'draft'],
  },
  {
    operation: 'POST /v1/invoices/create_preview',
    params: { customer: '<customer>', subscription_details: { items: { 0: { price: '<plan>' } } } },
    after: ['customer', 'product', 'plan'],
  },
  {
    operation: 'POST /v1/invoices/create_preview',
    params: { subscription: '<subscription>' },
    after: ['customer', 'method', 'product', 'plan', 'subscription'],
  },
  {
    operation: 'POST /v1/subscriptions',
    params: { customer: '<customer>', default_payment_method: '<method>', items: { 0: { price: '<plan>' } } },
    after: ['customer', 'method', 'product', 'plan'],
  },
  {
    operation: 'POST /v1/subscriptions/*',
    params: {},
    after: ['customer', 'method', 'product', 'plan', 'subscription'],
  },
  {
    operation: 'DELETE /v1/subscriptions/*',
    params: {},
    after: ['customer', 'method', 'product', 'plan', 'subscription'],
  },
  {
    operation: 'POST /v1/subscriptions/*/pause',
    params: { type: 'subscription' },
    after: ['customer', 'method', 'product', 'plan', 'subscription'],
  },
  {
    operation: 'POST /v1/subscription_items',
    params: {
      subscription: '<subscription>',
      price_data: { currency: 'usd', product: '<product>', unit_amount: 500, recurring: { interval: 'month' } },
    },
    after: ['customer', 'method', 'product', 'plan', 'subscription'],
  },
  { operation: 'POST /v1/charges/*', params: {}, after: ['charge'] },
  { operation: 'POST /v1/payment_intents/*/capture', params: {}, after: ['held'] },
  { operation: 'POST /v1/setup_intents/*', params: {}, after: ['setup'] },
  { operation: 'POST /v1/promotion_codes/*', params: {}, after: ['coupon', 'code'] },
  { operation: 'POST /v1/billing_portal/configurations/*', params: {}, after: ['configuration'] },
  {
    operation: 'POST /v1/billing_portal/sessions',
    params: { customer: '<customer>' },
    after: ['customer', 'configuration'],
  },
  {
    operation: 'POST /v1/credit_notes',
    params: { invoice: '<draft>', amount: 100 },
    after: ['customer', 'item', 'draft', 'open'],
  },
  {
    operation: 'POST /v1/tax_ids',
    params: { type: 'eu_vat', value: 'DE123456789', owner: { type: 'customer', customer: '<customer>' } },
    after: ['customer'],
  },
  { operation: 'POST /v1/webhook_endpoints', params: { url: 'https://shop.example/hook', enabled_events: { 0: '*' } } },
  { operation: 'POST /v1/tax_rates', params: { display_name: 'VAT', percentage: 20, inclusive: false } },
  {
    operation: 'POST /v1/billing/meters',
    params: { display_name: 'Calls', event_name: 'calls', default_aggregation: { formula: 'sum' } },
  },
  { operation: 'POST /v1/billing_portal/configurations', params: { features: { invoice_history: { enabled: true } } } },
];
