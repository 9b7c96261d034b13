import { expect, test } from 'vitest';
import { err, ok } from './result.js';

test('a success carries its value and a failure its error', () => {
  expect(ok(5)).toEqual({ ok: true, value: 5 });
  expect(err({ code: 'too_late' })).toEqual({ ok: false, error: { code: 'too_late' } });
});
