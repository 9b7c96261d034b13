import { expect, it } from 'vitest';
import { redacted } from './redacted.js';

it.each([
  ['card[number]=4242424242424242&card[cvc]=123&name=Jo', 'card[number]=****4242&card[cvc]=****&name=Jo'],
  ['card%5Bnumber%5D=4242424242424242&amount=5', 'card%5Bnumber%5D=****4242&amount=5'],
  ['sepa_debit[iban]=AT611904300234573201', 'sepa_debit[iban]=****3201'],
  ['client_secret=sk_test_123456789abc&code=ac_1', 'client_secret=****9abc&code=ac_1'],
  ['{"number":"4242424242424242","x":1}', '{"number":"****4242","x":1}'],
  [
    '{"id_numbers":[{"type":"us_ssn","value":"000000000"}],"value":"kept"}',
    '{"id_numbers":[{"type":"us_ssn","value":"****"}],"value":"kept"}',
  ],
  ['phone_number=5&invoice_number=7&payment_method=pm_1', 'phone_number=5&invoice_number=7&payment_method=pm_1'],
  ['', ''],
])('of %s the request log keeps no number and no secret', (body, kept) => {
  expect(redacted(body)).toBe(kept);
});
