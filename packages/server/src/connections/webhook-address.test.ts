import type { ChecklistItem, StripeHost } from '@tollbridge/core';
import { expect, test } from 'vitest';
import { webhookProblemOf } from './webhook-address.js';

const item = (granted: boolean | null): ChecklistItem => ({
  permission: 'webhook_endpoints_write',
  neededFor: 'making the webhook endpoint',
  isRequired: false,
  granted,
  howToAdd: 'In Stripe.',
});

test.each<[string, StripeHost, boolean | null, string | null]>([
  ['https://billing.example.com/x', 'stripe', true, null],
  ['https://203.0.113.7/x', 'stripe', true, null],
  ['https://[2001:db8::1]/x', 'stripe', true, null],
  ['http://billing.example.com/x', 'stripe', true, 'address_not_public'],
  ['https://localhost/x', 'stripe', true, 'address_not_public'],
  ['https://box.local/x', 'stripe', true, 'address_not_public'],
  ['https://10.1.2.3/x', 'stripe', true, 'address_not_public'],
  ['https://192.168.1.4/x', 'stripe', true, 'address_not_public'],
  ['https://172.20.0.1/x', 'stripe', true, 'address_not_public'],
  ['https://[::1]/x', 'stripe', true, 'address_not_public'],
  ['https://[fd00::1]/x', 'stripe', true, 'address_not_public'],
  ['http://127.0.0.1:4400/x', 'stripe', true, 'address_not_public'],
  ['http://127.0.0.1:4400/x', 'sandbox', true, null],
  ['https://billing.example.com/x', 'stripe', false, 'permission_missing'],
  ['https://billing.example.com/x', 'stripe', null, 'permission_missing'],
])('%s at %s, with the right: %s → %s', (url, host, granted, problem) => {
  expect(webhookProblemOf({ host, checklist: [item(granted)] }, url)).toBe(problem);
});
