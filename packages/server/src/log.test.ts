import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { loggerOptions, logStream, withoutSecrets } from './log.js';

const SECRETS = [
  'sk_test_51HxYabcdefghijklmnop',
  'rk_live_51HxYabcdefghijklmnop',
  'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw+/==',
  `tb_test_${'aB-_'.repeat(10)}xyz`,
  `tb_live_${'-9'.repeat(21)}z`,
];

describe('the log', () => {
  test.each([
    ['Invalid API Key provided: sk_test_51Hx************wxyz', 'Invalid API Key provided: sk_test_…'],
    ['Expired API Key provided: rk_live_***wxyz, renew it', 'Expired API Key provided: rk_live_…, renew it'],
    ['key_sk_test_51HxYabcdef', 'key_sk_test_…'],
    ['the secret pi_3Mabc_secret_Xyz123 is spent', 'the secret pi_3Mabc_secret_… is spent'],
    ['Invalid email address: ada@example.com', 'Invalid email address: [e-mail]'],
    ['<Ada.Love+1@mail.example.co.uk>, jürgen@bücher.example', '<[e-mail]>, [e-mail]'],
    ['GET /v1/customers?email=ada%40example.com&limit=1', 'GET /v1/customers?email=[e-mail]&limit=1'],
    ['node_modules/@electric-sql/pglite@0.3.14/dist', 'node_modules/@electric-sql/pglite@0.3.14/dist'],
  ])('holds of %j only %j', (text, cleaned) => {
    expect(withoutSecrets(text)).toBe(cleaned);
    expect(withoutSecrets(cleaned)).toBe(cleaned);
  });

  test('stays a line of JSON around what was taken out of it', () => {
    const fact = 'first\nada@example.com\tsk_test_51HxYabcdef \u001bgrace@example.com "bob@example.com"';
    const line = withoutSecrets(JSON.stringify({ fact }));
    expect(JSON.parse(line)).toEqual({ fact: 'first\n[e-mail]\tsk_test_… \u001b[e-mail] "[e-mail]"' });
  });

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
