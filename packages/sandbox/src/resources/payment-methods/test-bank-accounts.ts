/**
 * Bank accounts that answer late: https://docs.stripe.com/payments/sepa-debit/accept-a-payment#test-integration
 */
export interface TestBankAccount {
  readonly iban: string;
  readonly answers: 'pays_later' | 'refuses_later';
}

export const testBankAccounts: readonly TestBankAccount[] = [
  { iban: 'AT611904300234573201', answers: 'pays_later' },
  { iban: 'AT321904300235473204', answers: 'pays_later' },
  { iban: 'DE89370400440532013000', answers: 'pays_later' },
  { iban: 'AT861904300235473202', answers: 'refuses_later' },
  { iban: 'DE62370400440532013001', answers: 'refuses_later' },
  { iban: 'IT60X0542811101000000123456', answers: 'refuses_later' },
];

const byIban = new Map(testBankAccounts.map((one) => [one.iban, one]));

export const testBankAccountByIban = (iban: string): TestBankAccount | undefined => byIban.get(iban);
