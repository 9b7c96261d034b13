import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readSettings, SettingWrong } from './config.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tollbridge-config-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const KEY = 'ab'.repeat(32);
const read = (variables: Record<string, string> = {}) =>
  readSettings({ TOLLBRIDGE_DATA_DIR: join(folder, 'data'), ...variables });

describe('settings', () => {
  test('without any, everything has its documented value', () => {
    expect(readSettings({})).toMatchObject({
      host: '127.0.0.1',
      port: 4400,
      sandboxPort: 4410,
      publicUrl: 'http://127.0.0.1:4400',
      databaseUrl: null,
      encryptionKeys: [],
      trustedProxies: [],
      logLevel: 'info',
      notices: [],
    });
  });

  test('an empty setting is none, and an address loses the strokes at its end', () => {
    expect(read({ TOLLBRIDGE_PORT: ' ', TOLLBRIDGE_PUBLIC_URL: 'https://billing.example.com//' })).toMatchObject({
      port: 4400,
      publicUrl: 'https://billing.example.com',
    });
  });

  test.each([
    ['::', 'http://127.0.0.1:4400'],
    ['0.0.0.0', 'http://127.0.0.1:4400'],
    ['::1', 'http://[::1]:4400'],
    ['billing.internal', 'http://billing.internal:4400'],
  ])('listening on %s it is reached at %s', (host, publicUrl) => {
    expect(read({ TOLLBRIDGE_HOST: host }).publicUrl).toBe(publicUrl);
  });

  test('several encryption keys can be given while one replaces another, in either form', () => {
    const inBase64 = Buffer.from(KEY, 'hex').toString('base64');
    const { encryptionKeys } = read({ TOLLBRIDGE_ENCRYPTION_KEY: `${'cd'.repeat(32)}, ${inBase64}` });
    expect(encryptionKeys.map((key) => Buffer.from(key).toString('hex'))).toEqual(['cd'.repeat(32), KEY]);
  });

  test('a mail server may be named with its user and port', () => {
    const { smtpUrl } = read({ SMTP_URL: 'smtps://user:word@mail.example.com:465' });
    expect(smtpUrl).toBe('smtps://user:word@mail.example.com:465');
  });

  test('whatever proxies are taken, the HTTP server takes them as well', () => {
    const trustProxy = '10.0.0.0/8, 10.1.2.3/32, 192.168.0.1, fc00::/7, ::1/128, ::ffff:10.0.0.1, fe80::1';
    const { trustedProxies } = read({ TOLLBRIDGE_TRUSTED_PROXIES: trustProxy });
    expect(trustedProxies).toHaveLength(7);
    expect(() => Fastify({ trustProxy: [...trustedProxies] })).not.toThrow();
  });

  test('a filled data folder beside DATABASE_URL is pointed out', () => {
    mkdirSync(join(folder, 'data', 'database'), { recursive: true });
    writeFileSync(join(folder, 'data', 'database', 'PG_VERSION'), '17');
    const { notices } = read({ DATABASE_URL: 'postgresql://h/d', TOLLBRIDGE_ENCRYPTION_KEY: KEY });
    expect(notices).toEqual([expect.stringContaining('the embedded database in')]);
  });

  test.each<[string, Record<string, string>]>([
    ['TOLLBRIDGE_HOST', { TOLLBRIDGE_HOST: 'no host' }],
    ['TOLLBRIDGE_PORT', { TOLLBRIDGE_PORT: '65536' }],
    ['TOLLBRIDGE_PORT', { TOLLBRIDGE_PORT: '-1' }],
    ['TOLLBRIDGE_PORT', { TOLLBRIDGE_PORT: '44e2' }],
    ['TOLLBRIDGE_SANDBOX_PORT', { TOLLBRIDGE_SANDBOX_PORT: 'x' }],
    ['must differ', { TOLLBRIDGE_PORT: '4410' }],
    ['TOLLBRIDGE_PUBLIC_URL', { TOLLBRIDGE_PUBLIC_URL: 'ftp://h' }],
    ['TOLLBRIDGE_PUBLIC_URL', { TOLLBRIDGE_PUBLIC_URL: 'https:example.com' }],
    ['TOLLBRIDGE_PUBLIC_URL', { TOLLBRIDGE_PUBLIC_URL: 'https://exa\tmple.com' }],
    ['TOLLBRIDGE_PUBLIC_URL', { TOLLBRIDGE_PUBLIC_URL: 'https://example.com/?a=b#c' }],
    ['TOLLBRIDGE_PUBLIC_URL', { TOLLBRIDGE_PUBLIC_URL: 'https://example.com?' }],
    ['TOLLBRIDGE_PUBLIC_URL', { TOLLBRIDGE_PUBLIC_URL: 'https://example.com/#c' }],
    ['TOLLBRIDGE_PUBLIC_URL', { TOLLBRIDGE_PUBLIC_URL: 'https://user:word@example.com' }],
    ['DATABASE_URL', { DATABASE_URL: 'postgres' }],
    ['TOLLBRIDGE_ENCRYPTION_KEY must be set', { DATABASE_URL: 'postgresql://h/d' }],
    ['TOLLBRIDGE_ENCRYPTION_KEY', { TOLLBRIDGE_ENCRYPTION_KEY: `${KEY},` }],
    ['TOLLBRIDGE_ENCRYPTION_KEY', { TOLLBRIDGE_ENCRYPTION_KEY: KEY.slice(1) }],
    ['STRIPE_PLATFORM_KEY', { STRIPE_PLATFORM_KEY: 'pk_test_1' }],
    ['STRIPE_PLATFORM_KEY', { STRIPE_PLATFORM_KEY: 'pk_test_0123456789' }],
    ['STRIPE_PLATFORM_KEY', { STRIPE_PLATFORM_KEY: 'sk_live_sandbox_0123456789' }],
    ['STRIPE_PLATFORM_KEY', { STRIPE_PLATFORM_KEY: 'sk_test_0123456789,rk_test_0123456789' }],
    ['STRIPE_PLATFORM_KEY', { STRIPE_PLATFORM_KEY: 'sk_test_0123456789,' }],
    ['STRIPE_OAUTH_CLIENT_ID', { STRIPE_OAUTH_CLIENT_ID: 'client' }],
    ['STRIPE_OAUTH_TEST_CLIENT_ID', { STRIPE_OAUTH_TEST_CLIENT_ID: 'sk_test_0123456789' }],
    ['SMTP_URL', { SMTP_URL: 'mail.example.com' }],
    ['SMTP_URL', { SMTP_URL: 'smtp://' }],
    ['SMTP_URL', { SMTP_URL: 'smtp:mail.example.com' }],
    ['SMTP_URL', { SMTP_URL: 'smtps://:465' }],
    ['TOLLBRIDGE_TRUSTED_PROXIES', { TOLLBRIDGE_TRUSTED_PROXIES: '10.0.0.0/8,all' }],
    ['TOLLBRIDGE_TRUSTED_PROXIES', { TOLLBRIDGE_TRUSTED_PROXIES: '10.0.0.0/99' }],
    ['TOLLBRIDGE_TRUSTED_PROXIES', { TOLLBRIDGE_TRUSTED_PROXIES: '10.0.0.0/33' }],
    ['TOLLBRIDGE_TRUSTED_PROXIES', { TOLLBRIDGE_TRUSTED_PROXIES: '::1,fc00::/129' }],
    ['TOLLBRIDGE_TRUSTED_PROXIES', { TOLLBRIDGE_TRUSTED_PROXIES: '0.0.0.0/0' }],
    ['TOLLBRIDGE_TRUSTED_PROXIES', { TOLLBRIDGE_TRUSTED_PROXIES: '10.0.0.0/abc' }],
    ['TOLLBRIDGE_TRUSTED_PROXIES', { TOLLBRIDGE_TRUSTED_PROXIES: '10.0.0.0/' }],
    ['TOLLBRIDGE_TRUSTED_PROXIES', { TOLLBRIDGE_TRUSTED_PROXIES: '10.0.0.0/8/9' }],
    ['TOLLBRIDGE_TRUSTED_PROXIES', { TOLLBRIDGE_TRUSTED_PROXIES: '10.0.0.1,' }],
    ['TOLLBRIDGE_LOG_LEVEL', { TOLLBRIDGE_LOG_LEVEL: 'loud' }],
  ])('a wrong setting is one sentence that names %s, %j', (name, variables) => {
    const sentence = sentenceOf(() => read(variables));
    expect(sentence).toContain(name);
    expect(sentence).toMatch(/\.$|32"\.$/);
    expect(sentence).not.toContain('\n');
    expect(existsSync(join(folder, 'data'))).toBe(false);
  });

  test.each([
    [undefined, null, null],
    ['sk_test_0123456789', 'sk_test_0123456789', null],
    ['rk_live_0123456789', null, 'rk_live_0123456789'],
    ['sk_live_0123456789, sk_test_0123456789', 'sk_test_0123456789', 'sk_live_0123456789'],
  ])('the platform keys "%s" are one of each mode', (text, testKey, liveKey) => {
    expect(read(text === undefined ? {} : { STRIPE_PLATFORM_KEY: text }).stripePlatformKeys).toEqual({
      test: testKey,
      live: liveKey,
    });
  });

  test('a wrong secret is not repeated in the sentence', () => {
    const secret = 'sk_wrong_1234567890';
    expect(sentenceOf(() => read({ TOLLBRIDGE_PUBLIC_URL: `https://user:${secret}@h` }))).not.toContain(secret);
    expect(sentenceOf(() => read({ SMTP_URL: `smtp://user:${secret}@` }))).not.toContain(secret);
    expect(sentenceOf(() => read({ STRIPE_PLATFORM_KEY: secret }))).not.toContain(secret);
    expect(sentenceOf(() => read({ TOLLBRIDGE_ENCRYPTION_KEY: secret }))).not.toContain(secret);
  });
});

function sentenceOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(SettingWrong);
    return (error as SettingWrong).message;
  }
  throw new Error('nothing was refused');
}
