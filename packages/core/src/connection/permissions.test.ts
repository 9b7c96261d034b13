import { expect, test } from 'vitest';
import { howToAddPermission, missingPermissions, permissionChecklist, STRIPE_PERMISSIONS } from './permissions.js';

const all = new Map(STRIPE_PERMISSIONS.map(({ permission }) => [permission, true]));
const missing = (...changes: [string, boolean][]) =>
  missingPermissions(permissionChecklist(new Map([...all, ...changes]))).map((item) => item.permission);

test('every permission is listed once, says what for, and how it is added', () => {
  expect(all.size).toBe(STRIPE_PERMISSIONS.length);
  for (const permission of STRIPE_PERMISSIONS) {
    expect(permission.neededFor).not.toBe('');
    expect(howToAddPermission(permission)).toContain(`"${permission.resource}"`);
    expect(howToAddPermission(permission)).toContain(permission.access === 'write' ? 'to Write' : 'to Read');
  }
});

test('a key with every right misses none', () => {
  expect(missing()).toEqual([]);
});

test('a required right that is missing is named', () => {
  expect(missing(['payment_intents_write', false])).toEqual(['payment_intents_write']);
});

test('a right that only switches a comfort off is not missed', () => {
  expect(missing(['webhook_endpoints_write', false], ['account_read', false])).toEqual([]);
});

test('a right that nobody has tried is unknown, and counts as missing where it is required', () => {
  const checklist = permissionChecklist(new Map());
  expect(checklist.every((item) => item.granted === null)).toBe(true);
  expect(missingPermissions(checklist)).toHaveLength(STRIPE_PERMISSIONS.filter((each) => each.isRequired).length);
});
