import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { loggerOptions, logStream } from './log.js';

const SECRETS = [
  'sk_test_51HxYabcdefghijklmnop',
  'rk_live_51HxYabcdefghijklmnop',
  'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw+/==',
  `tb_test_${'aB-_'.repeat(10)}xyz`,
  `tb_live_${'-9'.repeat(21)}z`,
];

describe('the log', () => {
  test.each(SECRETS)('holds no more of %s than its kind, wherever it stood', (secret) => {
    const lines: string[] = [];
    const log = pino(
      loggerOptions('debug'),
      logStream((line) => lines.push(line)),
    );
    log.info({ [`fact ${secret}`]: { deep: { deeper: [secret, `"${secret}"`] } } }, `said ${secret}`);
    log.error({ error: new Error(`failed with ${secret}`), authorization: `Bearer ${secret}` }, 'failed');
    log.warn({ err: Object.assign(new Error('refused'), { response: { secret } }) }, secret);
    log.debug(secret);
    const body = secret.slice(8);
    expect(lines).toHaveLength(4);
    for (const part of [body, body.slice(-12)]) expect(lines.join('')).not.toContain(part);
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ level: expect.any(Number) });
  });
});
