import type Stripe from 'stripe';

/** What the tests of cash balances have in common: customers who pay by bank transfer, in dollars unless they say otherwise. */
export const cashStory = (stripeOf: () => Stripe) => {
  const newCustomer = async (mode?: 'automatic' | 'manual') => {
    const settings = mode === undefined ? {} : { cash_balance: { settings: { reconciliation_mode: mode } } };
    return (await stripeOf().customers.create(settings)).id;
  };
  const fund = (customer: string, amount: number, more: { currency?: string; reference?: string } = {}) =>
    stripeOf().testHelpers.customers.fundCashBalance(customer, { amount, currency: 'usd', ...more });
  const cashOf = async (customer: string) => (await stripeOf().customers.retrieveCashBalance(customer)).available;
  const types: Stripe.PaymentIntentCreateParams['allowed_payment_method_types'] = ['customer_balance'];
  const pay = (customer: string, amount: number, more: Partial<Stripe.PaymentIntentCreateParams> = {}) =>
    stripeOf().paymentIntents.create({
      amount,
      currency: 'usd',
      customer,
      allowed_payment_method_types: types,
      payment_method_data: { type: 'customer_balance' },
      payment_method_options: {
        customer_balance: { funding_type: 'bank_transfer', bank_transfer: { type: 'us_bank_transfer' } },
      },
      confirm: true,
      ...more,
    });
  return { newCustomer, fund, cashOf, pay };
};
