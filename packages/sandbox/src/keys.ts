import { Refusal } from './errors.js';
import { tokenFrom } from './ids.js';

/** What a key says by its form alone. */
export interface Key {
  readonly text: string;
  readonly kind: 'publishable' | 'restricted' | 'secret';
  readonly livemode: boolean;
  /** What keys of one account share. */
  readonly body: string;
  readonly accountId: string;
  /** Made later, in the dashboard or for a platform by OAuth: it is of the account, and only as good as its record. */
  readonly needsRecord: boolean;
}

const keyForm = /^(sk|rk|pk)_(test|live)_([A-Za-z0-9_]{3,200})$/;
/** Live keys which a sandbox itself hands out, so that a live environment can be shown without Stripe. */
export const liveMark = 'sandbox_';
/** In a key between what the account's keys share and what makes it a platform's own. */
export const accessTokenMark = '_oauth_';
/** The same in keys that an operator made in the dashboard. */
export const madeKeyMark = '_dashboard_';
const laterMarks = new RegExp(`${accessTokenMark}|${madeKeyMark}`);
const refusedBodies = ['reserved_', 'revoked_'];

/** Keys by their header, since an account's id is a hash of its key; cleared when there are so many. */
const readBefore = new Map<string, Key>();
const readBeforeMax = 1_000;

/** The key of a request, or 401 as Stripe answers: `invalid_request_error`, no code, `WWW-Authenticate`. */
export const keyFrom = (headers: Readonly<Record<string, string>>): Key => {
  const header = headers.authorization ?? '';
  const known = readBefore.get(header);
  if (known !== undefined) return known;
  const key = keyIn(header);
  if (readBefore.size >= readBeforeMax) readBefore.clear();
  readBefore.set(header, key);
  return key;
};

const keyIn = (header: string): Key => {
  const text = bearer(header);
  if (text === '') {
    throw unauthorized(
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
    );
  }
  const [, prefix = '', mode = '', body = ''] = keyForm.exec(text) ?? [];
  if (mode === 'live' && !body.startsWith(liveMark)) {
    throw unauthorized(
      'This is the Tollbridge sandbox, not Stripe. Never send a live key here: roll it in the Stripe dashboard if it was a real one. The sandbox takes sk_test_ keys, and live keys that begin with sk_live_sandbox_.',
    );
  }
  if (body === '' || refusedBodies.some((start) => body.startsWith(start))) throw invalidKey(text);
  const livemode = mode === 'live';
  const [accountBody = '', token] = body.split(laterMarks);
  const kind = prefix === 'sk' ? 'secret' : prefix === 'rk' ? 'restricted' : 'publishable';
  return {
    text,
    kind,
    livemode,
    body: accountBody,
    accountId: accountIdOf(accountBody, livemode),
    needsRecord: token !== undefined,
  };
};

/** The account whose keys have this body: always the same, so that a fresh sandbox knows an old key's account. */
export const accountIdOf = (body: string, livemode: boolean): string =>
  `acct_1${tokenFrom(`${livemode ? 'live' : 'test'}:${body}`, 15)}`;

const bearer = (header: string): string => {
  const [scheme = '', value = ''] = header.split(' ');
  if (scheme.toLowerCase() === 'bearer') return value;
  if (scheme.toLowerCase() !== 'basic') return '';
  return Buffer.from(value, 'base64').toString('utf8').split(':')[0] ?? '';
};

export const masked = (key: string): string => {
  const prefix = /^[a-z]{2}_(test|live)_/.exec(key)?.[0] ?? '';
  return `${prefix}${'*'.repeat(Math.max(4, Math.min(24, key.length - prefix.length - 4)))}${key.slice(-4)}`;
};

const unauthorized = (message: string, code?: string): Refusal =>
  new Refusal(
    401,
    { type: 'invalid_request_error', message, ...(code === undefined ? {} : { code }) },
    { headers: { 'www-authenticate': 'Basic realm="Stripe"' } },
  );

export const invalidKey = (key: string): Refusal => unauthorized(`Invalid API Key provided: ${masked(key)}`);

export const revokedKey = (key: string): Refusal =>
  unauthorized(`Expired API Key provided: ${masked(key)}`, 'api_key_expired');
