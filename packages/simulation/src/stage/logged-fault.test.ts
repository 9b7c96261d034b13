import { expect, test } from 'vitest';
import { faultOf } from './logged-fault.js';
import { ProcessGone } from './scheduler.js';

test.each([
  ['an error', { error: new Error('gone wrong') }, 'gone wrong'],
  ['facts alone', { job: { id: 'job_1', kind: 'collect_invoice' } }, 'job_1'],
  ['what is no error, though thrown', { error: 'gone wrong' }, 'gone wrong'],
  ['nothing but its sentence', {}, 'it failed'],
])('a line that tells of %s counts', (_what, facts, told) => {
  const fault = faultOf(facts, 'it failed');
  expect(fault?.rule).toBe('no_bug');
  expect(fault?.text).toContain(told);
});

test('the crash that the story ordered is no fault', () => {
  expect(faultOf({ error: new ProcessGone() }, 'a job failed')).toBeNull();
});
