import { expect, test } from 'vitest';
import { Router } from './router.js';

test('a fixed segment wins over a parameter, and parameters are read by name', () => {
  const router = new Router<string>();
  router.add('GET /v1/invoices/:invoice', 'one');
  router.add('GET /v1/invoices/upcoming', 'upcoming');
  router.add('GET /v1/customers/:customer/tax_ids/:tax', 'tax');
  expect(router.find('GET', '/v1/invoices/upcoming')?.value).toBe('upcoming');
  expect(router.find('GET', '/v1/invoices/in_1')).toMatchObject({ value: 'one', path: { invoice: 'in_1' } });
  expect(router.find('GET', '/v1/customers/a%20b/tax_ids/t')?.path).toEqual({ customer: 'a b', tax: 't' });
  expect(router.find('GET', '/v1/customers/%E0%A4%A/tax_ids/t')?.path).toEqual({ customer: '%E0%A4%A', tax: 't' });
});

test.each(['/v1/invoices', '/v1/invoices/', '/v1/invoices/in_1/pay', '/', ''])('%s is no route of it', (path) => {
  const router = new Router<string>();
  router.add('GET /v1/invoices/:invoice', 'one');
  expect(router.find('GET', path)).toBeUndefined();
  expect(router.find('POST', '/v1/invoices/in_1')).toBeUndefined();
});
