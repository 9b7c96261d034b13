import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  instantFromIso,
  parseCurrency,
  parseDecimal,
  parseMoney,
  parseStripeKey,
  parseTaxRate,
  parseTimeZone,
} from '@tollbridge/core';
import { readSettings, SettingWrong } from '@tollbridge/server/config';
import { openHostClient } from '@tollbridge/server/http/host-client';
import { withoutSecrets } from '@tollbridge/server/log';
import { addressKind } from '@tollbridge/server/network-address';
import { openSecretBox, parseEncryptionKey, SecretUnreadable } from '@tollbridge/server/secret-box';
import { readEncryptionKeyFile } from '@tollbridge/server/startup/encryption-key-file';
import { CannotStart } from '@tollbridge/server/startup/open-database';
import { findHolder } from '@tollbridge/server/store/embedded/lock';
import { textFromUtf8 } from '@tollbridge/server/utf8';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { strangeText } from './rubbish.js';
import { fc, Tally, thrown, timeoutMilliseconds } from './runs.js';

const TEXTS = 1_500;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
const tally = new Tally();
afterAll(() => tally.print('texts and bytes at parsers'));

/** Text as a reader of files and sockets meets it: mostly what looks like something, and sometimes any bytes. */
const bytes: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 120 }),
  strangeText.map((text) => Buffer.from(text)),
);
const likeText = (...likely: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof(
    strangeText,
    fc
      .tuple(fc.constantFrom(...likely), strangeText, fc.nat({ max: 40 }))
      .map(([good, odd, at]) => `${good.slice(0, at)}${odd}${good.slice(at)}`),
  );

describe('a parser of what comes from outside gives a value or says why not', () => {
  test.each<[string, (text: string) => { readonly ok: boolean }, string]>([
    ['a decimal', parseDecimal, '-12.345'],
    ['money', (text) => parseMoney(text, 'eur'), '12.34'],
    ['money of any currency', (text) => parseMoney('12.34', text), 'usd'],
    ['a currency', parseCurrency, 'jpy'],
    ['a tax rate', parseTaxRate, '19.0'],
    ['a key of Stripe’s', parseStripeKey, 'sk_test_abc123'],
    ['a time zone', parseTimeZone, 'Europe/Berlin'],
    ['a moment', instantFromIso, '2027-03-01T09:00:00.123+01:00'],
  ])('%s', (name, parse, likely) => {
    fc.assert(
      fc.property(likeText(likely), (text) => {
        tally.count(`${name} ${parse(text).ok ? 'taken' : 'refused'}`);
      }),
      thrown(TEXTS),
    );
  });

  test('an address of a network', () => {
    fc.assert(
      fc.property(likeText('127.0.0.1', '::ffff:10.0.0.1', 'fe80::1%eth0'), (text) => {
        expect([null, 'string']).toContain(addressKind(text) === null ? null : typeof addressKind(text));
      }),
      thrown(TEXTS),
    );
  });

  test('bytes as text', () => {
    fc.assert(
      fc.property(bytes, (given) => {
        const text = textFromUtf8(given);
        const bare = Buffer.from(given.subarray(BYTE_ORDER_MARK.every((byte, at) => given[at] === byte) ? 3 : 0));
        if (text !== null) expect(Buffer.from(text).equals(bare)).toBe(true);
        tally.count(text === null ? 'bytes refused' : 'bytes taken');
      }),
      thrown(TEXTS),
    );
  });
});

test('a line of the log with any text in it shows no secret, and takes no time that grows with it', () => {
  const secret = 'sk_test_4eC39HqLyjWDarjtT1zdp7dc';
  fc.assert(
    fc.property(strangeText, strangeText, (before, after) => {
      const began = performance.now();
      expect(withoutSecrets(`${before} ${secret} ${after}`)).not.toContain(secret);
      expect(performance.now() - began).toBeLessThan(1_000);
    }),
    thrown(TEXTS),
  );
});

test('settings of any text are taken, or refused in one sentence that begins with their name', () => {
  const names = [
    'TOLLBRIDGE_HOST',
    'TOLLBRIDGE_PORT',
    'TOLLBRIDGE_SANDBOX_PORT',
    'TOLLBRIDGE_DATA_DIR',
    'TOLLBRIDGE_PUBLIC_URL',
    'DATABASE_URL',
    'TOLLBRIDGE_ENCRYPTION_KEY',
    'STRIPE_PLATFORM_KEY',
    'STRIPE_OAUTH_CLIENT_ID',
    'STRIPE_OAUTH_TEST_CLIENT_ID',
    'SMTP_URL',
    'TOLLBRIDGE_TRUSTED_PROXIES',
    'TOLLBRIDGE_LOG_LEVEL',
  ];
  const value = likeText(
    '127.0.0.1',
    '4400',
    'https://host.example',
    'postgres://u:p@h/d',
    'smtp://h',
    'sk_test_abc',
    'ca_abc',
    '10.0.0.0/8,::1',
  );
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 3, noNullPrototype: true }), (variables) => {
      try {
        readSettings(variables);
        tally.count('settings taken');
      } catch (error) {
        if (!(error instanceof SettingWrong)) throw error;
        expect(names.filter((name) => error.message.includes(name))).not.toEqual([]);
        tally.count('settings refused');
      }
    }),
    thrown(TEXTS),
  );
});

test('what was sealed and then changed is unreadable, or still says the same, and never anything else', () => {
  const box = openSecretBox({ keys: [new Uint8Array(32)], randomBytes: (count) => new Uint8Array(count) });
  const sealed = box.seal('a secret', 'owner');
  const changed = fc.oneof(
    strangeText,
    fc
      .tuple(fc.nat({ max: sealed.length }), fc.nat({ max: sealed.length }))
      .map(([from, to]) => sealed.slice(0, from) + sealed.slice(to)),
    strangeText.map((text) => `v1.${box.keyId}.${text}`),
  );
  fc.assert(
    fc.property(changed, (text) => {
      try {
        expect(box.open(text, 'owner')).toBe('a secret');
        tally.count('seal still whole');
      } catch (error) {
        expect(error).toBeInstanceOf(SecretUnreadable);
        tally.count('seal broken');
      }
    }),
    thrown(TEXTS),
  );
});

describe('files of the data folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tollbridge-bytes-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('a key file of any bytes is a key, or is refused in one sentence', () => {
    const whole = Buffer.from('ab'.repeat(32));
    const content = fc.oneof(
      bytes,
      bytes.map((more) => Buffer.concat([whole, Buffer.from(','), more])),
    );
    fc.assert(
      fc.property(content, (given) => {
        writeFileSync(join(folder, 'encryption.key'), given);
        try {
          const keys = readEncryptionKeyFile({
            dataFolder: folder,
            isNeeded: true,
            randomBytes: (count) => new Uint8Array(count),
          });
          expect(keys.map((key) => key.length)).toEqual(keys.map(() => 32));
        } catch (error) {
          expect(error).toBeInstanceOf(CannotStart);
        }
      }),
      thrown(300),
    );
  });

  test('a key in a setting is 32 bytes or none', () => {
    fc.assert(
      fc.property(likeText('ab'.repeat(32), Buffer.alloc(32).toString('base64')), (text) => {
        expect([32, undefined]).toContain(parseEncryptionKey(text)?.length);
      }),
      thrown(TEXTS),
    );
  });

  test('a lock file of any bytes names a process that lives, or nobody', () => {
    const path = join(folder, 'database.lock');
    fc.assert(
      fc.property(bytes, (given) => {
        writeFileSync(path, given);
        const holder = findHolder(path);
        expect(holder === null || Number.isSafeInteger(holder)).toBe(true);
      }),
      thrown(300),
    );
  });
});

describe('hosts', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  test(
    'whatever bytes a host answers are an answer, or the host was not reached',
    async () => {
      let said: Uint8Array = new Uint8Array();
      const server = createServer((socket) => {
        socket.on('error', () => {});
        socket.once('data', () => socket.end(said));
      });
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const address = server.address();
      const port = address !== null && typeof address === 'object' ? address.port : 0;
      const hosts = openHostClient();
      const head = fc.constantFrom(
        '',
        'HTTP/1.1 200 OK\r\n\r\n',
        'HTTP/1.1 999 X\r\nContent-Length: 5\r\n\r\n',
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
        'HTTP/1.1 302 Found\r\nLocation: ',
      );
      await fc.assert(
        fc.asyncProperty(head, bytes, async (begin, rest) => {
          said = Buffer.concat([Buffer.from(begin), rest]);
          const answer = await hosts.send({
            url: `http://127.0.0.1:${port}/hook`,
            headers: {},
            body: '{}',
            timeoutMilliseconds: 2_000,
            allowPrivate: true,
            allowLoopback: true,
          });
          expect(['answered', 'unreachable']).toContain(answer.kind);
          tally.count(`host ${answer.kind}`);
        }),
        thrown(80),
      );
    },
    timeoutMilliseconds(),
  );
});
