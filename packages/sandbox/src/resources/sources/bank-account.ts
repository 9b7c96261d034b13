import { hash } from 'node:crypto';
import type Stripe from 'stripe';
import { defineCollection } from '../../collection.js';
import { invalidRequest } from '../../errors.js';
import type { Work } from '../../work.js';
import { putUsBankAccount } from '../payment-methods/payment-method.js';
import { testUsAccountByNumber, testUsAccountByToken } from '../payment-methods/test-us-accounts.js';

export interface BankAccountObject extends Omit<Stripe.BankAccount, 'customer'> {
  readonly customer: string;
  /** How often its deposits were said wrongly. */
  readonly _wrongAmounts: number;
}

export const bankAccounts = defineCollection<BankAccountObject>({
  type: 'bank_account',
  prefix: 'ba',
  label: 'source',
  path: (account) => `/v1/customers/${account.customer}/sources/${account.id}`,
  indexes: ['customer'],
});

/** A bank account as somebody typed it: https://docs.stripe.com/api/customer_bank_accounts/create */
export interface BankAccountEntry {
  readonly account_holder_name?: string;
  readonly account_holder_type?: string;
  readonly account_number?: string;
  readonly country?: string;
  readonly currency?: string;
  readonly routing_number?: string;
}

export interface EnteredBankAccount {
  readonly entry: BankAccountEntry;
  readonly number: string;
  readonly routing: string;
  readonly isVerified: boolean;
}

/** `btok_us_verified` and the like. */
export const tokenBankAccount = (token: string, param: string): EnteredBankAccount => {
  const found = testUsAccountByToken(token);
  if (found === undefined) throw invalidRequest(`No such token: '${token}'`, { code: 'resource_missing', param });
  const { account, isVerified } = found;
  const entry = { account_holder_name: 'Jane Austen', account_holder_type: 'individual' };
  return { entry, number: account.number, routing: testRouting, isVerified };
};

const testRouting = '110000000';

/** Only dollars of the United States are debited by a source: https://docs.stripe.com/ach-deprecated */
export const enteredBankAccount = (entry: BankAccountEntry, param: string): EnteredBankAccount => {
  for (const field of ['country', 'account_number'] as const) {
    if (entry[field] === undefined || entry[field] === '') {
      const missing = `${param}[${field}]`;
      throw invalidRequest(`Missing required param: ${missing}.`, { code: 'parameter_missing', param: missing });
    }
  }
  const { account_number: number = '', country = '', currency = 'usd', routing_number: routing = '' } = entry;
  if (country.toUpperCase() !== 'US' || currency.toLowerCase() !== 'usd') {
    throw invalidRequest('Only bank accounts of the United States in usd can be sources of a customer.', {
      param: country.toUpperCase() === 'US' ? `${param}[currency]` : `${param}[country]`,
    });
  }
  if (routing !== testRouting) {
    throw invalidRequest(
      `Routing number must have 9 digits, and in test mode be ${testRouting}: https://docs.stripe.com/ach-deprecated#testing-ach`,
      { code: 'routing_number_invalid', param: `${param}[routing_number]` },
    );
  }
  if (testUsAccountByNumber(number) === undefined) {
    throw invalidRequest(
      'You must use a test bank account number in test mode: https://docs.stripe.com/ach-deprecated#testing-ach',
      { code: 'account_number_invalid', param: `${param}[account_number]` },
    );
  }
  return { entry, number, routing, isVerified: false };
};

/** Puts the account as a source of the customer, and as a payment method of the same id. */
export const putBankAccountSource = (
  work: Work,
  customer: string,
  entered: EnteredBankAccount,
  metadata: Record<string, string>,
): BankAccountObject => {
  const { entry, number, routing, isVerified } = entered;
  const fingerprint = hash('sha256', `${work.account.id} ${routing} ${number}`, 'hex').slice(0, 16);
  const holderType = entry.account_holder_type ?? null;
  const bank = { bankName: testBank, fingerprint, holderType, last4: number.slice(-4), routing };
  const method = putUsBankAccount(work, {
    ...bank,
    customer,
    metadata,
    name: entry.account_holder_name ?? null,
    number,
  });
  return work.put(bankAccounts, {
    id: method.id,
    object: 'bank_account',
    account_holder_name: entry.account_holder_name ?? null,
    account_holder_type: holderType,
    account_type: null,
    bank_name: testBank,
    country: 'US',
    currency: 'usd',
    customer,
    fingerprint,
    last4: number.slice(-4),
    metadata,
    routing_number: routing,
    status: isVerified ? 'verified' : 'new',
    _wrongAmounts: 0,
  });
};

const testBank = 'STRIPE TEST BANK';

/** "Enter the amounts [32,45]": https://docs.stripe.com/ach-deprecated#testing-ach */
const depositsOfTests = [32, 45];
/** After so many wrong answers the account cannot be verified any more: https://docs.stripe.com/ach-deprecated */
const wrongAmountsMax = 10;

/** What the holder says arrived. Gives what is to be told when it is wrong; the account has counted it by then. */
export const verifyBankAccount = (
  work: Work,
  account: BankAccountObject,
  amounts: readonly number[],
): { readonly account: BankAccountObject; readonly mistake: string | null } => {
  const said = [...amounts].sort((one, other) => one - other);
  if (said.length === depositsOfTests.length && said.every((amount, place) => amount === depositsOfTests[place])) {
    return { account: work.update(bankAccounts, account, { status: 'verified' }), mistake: null };
  }
  const wrong = account._wrongAmounts + 1;
  const status = wrong >= wrongAmountsMax ? 'verification_failed' : account.status;
  const after = work.update(bankAccounts, account, { _wrongAmounts: wrong, status });
  return {
    account: after,
    mistake: 'The amounts provided do not match the amounts that were sent to the bank account.',
  };
};
