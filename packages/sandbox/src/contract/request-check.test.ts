import { describe, expect, test } from 'vitest';
import { Refusal } from '../errors.js';
import { decodeForm } from '../form.js';
import { checkRequest } from './request-check.js';

const endive = '2026-10-28.endive';
const dahlia = '2026-08-26.dahlia';
const clover = '2025-09-30.clover';

const refused = (operation: string, form: string, version = endive): object => {
  try {
    return { accepted: checkRequest(operation, decodeForm(form), version) };
  } catch (error) {
    if (error instanceof Refusal) return { status: error.status, code: error.body.code, param: error.body.param };
    throw error;
  }
};

describe('parameters are read as the contract types them', () => {
  test.each([
    [
      'numbers, booleans and nested objects',
      'POST /v1/payment_intents',
      'amount=500&currency=usd&confirm=true&automatic_payment_methods[enabled]=false',
      { amount: 500, currency: 'usd', confirm: true, automatic_payment_methods: { enabled: false } },
    ],
    [
      'lists of objects, in the order of their indices',
      'POST /v1/customers',
      'tax_id_data[1][type]=eu_vat&tax_id_data[1][value]=B&tax_id_data[0][type]=eu_vat&tax_id_data[0][value]=A',
      {
        tax_id_data: [
          { type: 'eu_vat', value: 'A' },
          { type: 'eu_vat', value: 'B' },
        ],
      },
    ],
    [
      'decimals as strings, so that no digit is lost',
      'POST /v1/prices',
      'currency=usd&unit_amount_decimal=0.000000000001&product=prod_1',
      { currency: 'usd', unit_amount_decimal: '0.000000000001', product: 'prod_1' },
    ],
    ['a range or a moment', 'GET /v1/customers', 'created[gte]=5', { created: { gte: 5 } }],
    ['a moment or a range', 'GET /v1/customers', 'created=5', { created: 5 }],
    ['an empty value as unset', 'POST /v1/customers/*', 'address=&metadata=', { address: '', metadata: '' }],
    [
      'percentages with digits after the point',
      'POST /v1/tax_rates',
      'display_name=VAT&inclusive=false&percentage=7.7',
      { display_name: 'VAT', inclusive: false, percentage: 7.7 },
    ],
  ])('%s', (_title, operation, form, expected) => {
    expect(checkRequest(operation, decodeForm(form), endive)).toEqual(expected);
  });
});

describe('what does not fit is refused with the full path', () => {
  test.each([
    ['POST /v1/payment_intents', 'currency=usd', 'parameter_missing', 'amount'],
    ['POST /v1/payment_intents', 'amount=1.5&currency=usd', 'parameter_invalid_integer', 'amount'],
    ['POST /v1/payment_intents', 'amount=1e3&currency=usd', 'parameter_invalid_integer', 'amount'],
    ['POST /v1/payment_intents', 'amount=&currency=usd', 'parameter_invalid_empty', 'amount'],
    [
      'POST /v1/payment_intents',
      'amount=1&currency=usd&shipping[name]=x&shipping[address][planet]=1',
      'parameter_unknown',
      'shipping[address][planet]',
    ],
    ['POST /v1/payment_intents', 'amount=1&currency=usd&capture_method=never', undefined, 'capture_method'],
    ['POST /v1/customers', 'preferred_locales=en', undefined, 'preferred_locales'],
  ])('%s %s', (operation, form, code, param) => {
    expect(refused(operation, form)).toEqual({ status: 400, code, param });
  });
});

describe('behaviour 14: rules that came with a version follow the version of the request', () => {
  test.each([
    ['POST /v1/payment_intents', '&amount=100&currency=usd'],
    ['POST /v1/payment_intents/*', ''],
    ['POST /v1/payment_intents/*/confirm', ''],
    ['POST /v1/setup_intents', ''],
    ['POST /v1/setup_intents/*/confirm', ''],
    ['POST /v1/checkout/sessions', ''],
  ])('%s refuses payment_method_types from endive on and takes it before', (operation, rest) => {
    const form = `payment_method_types[]=card${rest}`;
    const code = 'payment_method_types_no_longer_supported';
    expect(refused(operation, form)).toEqual({ status: 400, code, param: 'payment_method_types' });
    expect(refused(operation, form, dahlia)).toMatchObject({ accepted: { payment_method_types: ['card'] } });
  });

  test('values of ui_mode that dahlia renamed are taken before it', () => {
    expect(refused('POST /v1/checkout/sessions', 'ui_mode=hosted', clover)).toEqual({
      accepted: { ui_mode: 'hosted' },
    });
    expect(refused('POST /v1/checkout/sessions', 'ui_mode=hosted')).toMatchObject({ status: 400, param: 'ui_mode' });
    expect(refused('POST /v1/checkout/sessions', 'ui_mode=hosted_page')).toEqual({
      accepted: { ui_mode: 'hosted_page' },
    });
  });
});
