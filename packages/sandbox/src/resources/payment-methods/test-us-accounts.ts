/** Bank accounts of the United States in test mode: https://docs.stripe.com/ach-deprecated#testing-ach */
export interface TestUsAccount {
  readonly number: string;
  /** What follows `btok_us_verified_`, or nothing for the one that pays. */
  readonly token: string;
  /** What the bank says days later; null: it pays. */
  readonly refuses: string | null;
}

export const testUsAccounts: readonly TestUsAccount[] = [
  { number: '000123456789', token: '', refuses: null },
  { number: '000111111116', token: 'noAccount', refuses: 'no_account' },
  { number: '000111111113', token: 'accountClosed', refuses: 'account_closed' },
  { number: '000222222227', token: 'insufficientFunds', refuses: 'insufficient_funds' },
  { number: '000333333335', token: 'debitNotAuthorized', refuses: 'debit_not_authorized' },
  { number: '000444444440', token: 'invalidCurrency', refuses: 'invalid_currency' },
];

const byNumber = new Map(testUsAccounts.map((one) => [one.number, one]));
const byToken = new Map(
  testUsAccounts.map((one) => [one.token === '' ? 'btok_us_verified' : `btok_us_verified_${one.token}`, one]),
);

export const testUsAccountByNumber = (number: string): TestUsAccount | undefined => byNumber.get(number);

/** `btok_us_verified` and its like are verified already; `btok_us` is the account that pays, and is not. */
export const testUsAccountByToken = (
  token: string,
): { readonly account: TestUsAccount; readonly isVerified: boolean } | undefined => {
  const verified = byToken.get(token);
  if (verified !== undefined) return { account: verified, isVerified: true };
  const [paying] = testUsAccounts;
  return token === 'btok_us' && paying !== undefined ? { account: paying, isVerified: false } : undefined;
};
