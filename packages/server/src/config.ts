import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { parseStripeKey } from '@tollbridge/core';
import { parseEncryptionKey } from './secret-box.js';

/** Everything an operator can set, checked. */
export interface Settings {
  readonly host: string;
  readonly port: number;
  readonly sandboxPort: number;
  readonly dataFolder: string;
  readonly publicUrl: string;
  readonly databaseUrl: string | null;
  /** Those of the setting; none: the data folder's own is used (`encryption-key-file.ts`). */
  readonly encryptionKeys: readonly Uint8Array[];
  readonly stripePlatformKeys: ByMode;
  readonly stripeOauthClientIds: ByMode;
  readonly smtpUrl: string | null;
  readonly trustedProxies: readonly string[];
  readonly logLevel: string;
  /** Things an operator should know, said once at the start. */
  readonly notices: readonly string[];
}

/** What the installation's own Stripe platform has one of in each mode; null where none is set. */
export interface ByMode {
  readonly test: string | null;
  readonly live: string | null;
}

/** A setting is wrong; the message is one sentence that says what to do. */
export class SettingWrong extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SettingWrong';
  }
}

type Variables = Readonly<Record<string, string | undefined>>;

const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'];

/**
 * Reads the settings from the environment. It changes nothing: a wrong one must leave everything as it was.
 * Errors: `SettingWrong` with one sentence.
 */
export function readSettings(variables: Variables): Settings {
  const host = present(variables, 'TOLLBRIDGE_HOST') ?? '127.0.0.1';
  if (isIP(host) === 0 && !/^[a-z0-9.-]+$/i.test(host))
    throw new SettingWrong(`TOLLBRIDGE_HOST must be an address to listen on, such as 127.0.0.1, not "${host}".`);
  const port = portOf(variables, 'TOLLBRIDGE_PORT', 4400);
  const sandboxPort = portOf(variables, 'TOLLBRIDGE_SANDBOX_PORT', 4410);
  if (port === sandboxPort && port !== 0)
    throw new SettingWrong('TOLLBRIDGE_PORT and TOLLBRIDGE_SANDBOX_PORT must differ.');
  const dataFolder = resolve(present(variables, 'TOLLBRIDGE_DATA_DIR') ?? './data');
  const databaseUrl = databaseUrlOf(variables);
  const isFilled = existsSync(join(dataFolder, 'database', 'PG_VERSION'));
  return {
    host,
    port,
    sandboxPort,
    dataFolder,
    publicUrl: publicUrlOf(variables) ?? `http://${hostInUrl(host)}:${port}`,
    databaseUrl,
    encryptionKeys: encryptionKeysOf(variables, databaseUrl),
    stripePlatformKeys: platformKeysOf(variables),
    stripeOauthClientIds: {
      test: oauthClientOf(variables, 'STRIPE_OAUTH_TEST_CLIENT_ID'),
      live: oauthClientOf(variables, 'STRIPE_OAUTH_CLIENT_ID'),
    },
    smtpUrl: urlOf(variables, 'SMTP_URL', ['smtp:', 'smtps:']),
    trustedProxies: proxiesOf(variables),
    logLevel: logLevelOf(variables),
    notices:
      databaseUrl !== null && isFilled
        ? [`DATABASE_URL is set, so the embedded database in ${dataFolder} is not used; what it holds is still there.`]
        : [],
  };
}

function present(variables: Variables, name: string): string | null {
  const value = variables[name]?.trim();
  return value === undefined || value === '' ? null : value;
}

/** 0 asks the system for any free port. */
function portOf(variables: Variables, name: string, otherwise: number): number {
  const value = present(variables, name);
  if (value === null) return otherwise;
  const port = Number(value);
  if (!/^\d+$/.test(value) || port > 65_535)
    throw new SettingWrong(`${name} must be a port from 0 to 65535, not "${value}".`);
  return port;
}

const hostInUrl = (host: string): string =>
  host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;

function urlOf(variables: Variables, name: string, protocols: readonly string[]): string | null {
  const value = present(variables, name);
  if (value === null) return null;
  const url = URL.canParse(value) && !/\s/.test(value) ? new URL(value) : null;
  const isOne = url !== null && protocols.includes(url.protocol) && value.slice(url.protocol.length).startsWith('//');
  if (!isOne || url.hostname === '')
    throw new SettingWrong(
      `${name} must be an address with a host, beginning with ${protocols.map((p) => `${p}//`).join(' or ')}.`,
    );
  return value.replace(/\/+$/, '');
}

/** Paths of ours are added at its end, and it is shown to payers and to Stripe. */
function publicUrlOf(variables: Variables): string | null {
  const name = 'TOLLBRIDGE_PUBLIC_URL';
  const value = urlOf(variables, name, ['http:', 'https:']);
  if (value === null) return null;
  const { username, password } = new URL(value);
  if (/[?#]/.test(value) || username !== '' || password !== '')
    throw new SettingWrong(`${name} must be an address without a user, a query (?…) and a fragment (#…).`);
  return value;
}

function databaseUrlOf(variables: Variables): string | null {
  const value = present(variables, 'DATABASE_URL');
  if (value !== null && !/^postgres(ql)?:\/\/./.test(value))
    throw new SettingWrong('DATABASE_URL must be an address like postgresql://user:password@host:5432/name.');
  return value;
}

/** Several keys, separated by commas, while one replaces another: the first seals, all of them open. */
function encryptionKeysOf(variables: Variables, databaseUrl: string | null): Uint8Array[] {
  const value = present(variables, 'TOLLBRIDGE_ENCRYPTION_KEY');
  if (value === null && databaseUrl !== null)
    throw new SettingWrong(
      'TOLLBRIDGE_ENCRYPTION_KEY must be set beside DATABASE_URL: make one with "openssl rand -hex 32" and keep it safe.',
    );
  if (value === null) return [];
  return value.split(',').map((text) => {
    const key = parseEncryptionKey(text.trim());
    if (key !== null) return key;
    throw new SettingWrong(
      'TOLLBRIDGE_ENCRYPTION_KEY must be 32 bytes in hexadecimal or base64: make one with "openssl rand -hex 32".',
    );
  });
}

/** One key, or one of each mode separated by a comma. */
function platformKeysOf(variables: Variables): ByMode {
  const keys: { test: string | null; live: string | null } = { test: null, live: null };
  const value = present(variables, 'STRIPE_PLATFORM_KEY');
  for (const text of value === null ? [] : value.split(',')) {
    const key = parseStripeKey(text);
    if (!key.ok || key.value.kind === 'publishable')
      throw new SettingWrong(
        'STRIPE_PLATFORM_KEY must be a secret or restricted key of your Stripe platform (sk_… or rk_…), or one for tests and a live one, separated by a comma.',
      );
    const { isMarked, mode } = key.value;
    if (isMarked)
      throw new SettingWrong('STRIPE_PLATFORM_KEY must be a key of Stripe: the sandbox has a platform of its own.');
    if (keys[mode] !== null)
      throw new SettingWrong(`STRIPE_PLATFORM_KEY names two keys of ${mode} mode: leave one out.`);
    keys[mode] = key.value.text;
  }
  return keys;
}

function oauthClientOf(variables: Variables, name: string): string | null {
  const value = present(variables, name);
  if (value !== null && !/^ca_\w+$/.test(value))
    throw new SettingWrong(`${name} must be a client id of your Stripe platform (ca_…).`);
  return value;
}

function proxiesOf(variables: Variables): string[] {
  const value = present(variables, 'TOLLBRIDGE_TRUSTED_PROXIES');
  if (value === null) return [];
  return value.split(',').map((part) => {
    const proxy = part.trim();
    if (!isAddressOrNetwork(proxy))
      throw new SettingWrong(
        `TOLLBRIDGE_TRUSTED_PROXIES must be addresses or networks such as 10.0.0.0/8, separated by commas, "${proxy}" is none.`,
      );
    return proxy;
  });
}

/** A network of no bits would believe everybody: the HTTP server takes none either. */
function isAddressOrNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  const bitsMax = version === 4 ? 32 : 128;
  return bits === undefined || (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= bitsMax);
}

function logLevelOf(variables: Variables): string {
  const value = present(variables, 'TOLLBRIDGE_LOG_LEVEL') ?? 'info';
  if (!LOG_LEVELS.includes(value))
    throw new SettingWrong(`TOLLBRIDGE_LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}, not "${value}".`);
  return value;
}
