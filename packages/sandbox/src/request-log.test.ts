import { expect, test } from 'vitest';
import { RequestLog, type RequestRecord } from './request-log.js';

const record = (number: number, answer = ''): RequestRecord => ({
  id: `req_${number}`,
  method: 'GET',
  url: '/v1/customers',
  status: 200,
  at: number,
  version: '',
  idempotencyKey: null,
  replayed: false,
  body: '',
  answer,
  fault: null,
});

test('the latest 500 requests are kept, and never more than twice as many', () => {
  const log = new RequestLog();
  for (let number = 0; number < 5_000; number += 1) {
    log.add(record(number));
    expect([...log].length).toBeLessThanOrEqual(1_000);
  }
  expect(log.latest(500).map((one) => one.at)).toEqual(Array.from({ length: 500 }, (_, place) => 4_999 - place));
  expect([log.find('req_4999')?.at, log.find('req_1')]).toEqual([4_999, undefined]);
});

test('long answers are kept for less long, and the last one always', () => {
  const log = new RequestLog();
  const total = (): number => [...log].reduce((sum, one) => sum + one.answer.length, 0);
  for (let number = 0; number < 100; number += 1) {
    log.add(record(number, 'x'.repeat(300_000)));
    expect(total()).toBeLessThanOrEqual(8_000_000);
  }
  log.add(record(100, 'x'.repeat(9_000_000)));
  expect([...log].map((one) => one.at)).toEqual([100]);
});
