import { invariant } from './invariant.js';

/** The noun of every object with an id, and the prefix by which a person recognises it. */
export const ID_PREFIXES = {
  organization: 'org',
  environment: 'env',
  legalEntity: 'le',
  apiKey: 'key',
  connection: 'con',
  connectionTransition: 'ctr',
  stripePlatform: 'plf',
  consent: 'cst',
  customer: 'cus',
  paymentMethod: 'pm',
  invoice: 'inv',
  invoiceLine: 'il',
  payment: 'pay',
  setupSession: 'ses',
  refund: 'ref',
  creditNote: 'cn',
  dispute: 'dis',
  event: 'evt',
  stripeEvent: 'sev',
  webhookEndpoint: 'we',
  delivery: 'del',
  deliveryAttempt: 'att',
  job: 'job',
  auditEntry: 'aud',
  ledgerTransaction: 'lt',
} as const;

export type Noun = keyof typeof ID_PREFIXES;

/** 120 bits: as many as 24 characters of 5 bits carry, and beyond the reach of guessing. */
export const ID_RANDOM_BYTES = 15;

const ID_CHARACTERS = 24;
const BITS_PER_CHARACTER = 5n;
// Crockford's base 32 in lower case: no i, l, o and u, so that an id can be read out without a mistake.
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const RANDOM_PART = new RegExp(`^[${ALPHABET}]{${ID_CHARACTERS}}$`);

/**
 * The id that these random bytes give an object of this noun, for example `inv_` and 24 characters. The randomness is
 * the caller's, since core has none.
 *
 * Errors: none; a wrong number of bytes is an invariant violation.
 */
export function formatId(noun: Noun, randomBytes: Uint8Array): string {
  invariant(randomBytes.length === ID_RANDOM_BYTES, `an id is made from ${ID_RANDOM_BYTES} random bytes`);
  let bits = 0n;
  for (const byte of randomBytes) bits = (bits << 8n) | BigInt(byte);
  let text = '';
  for (let position = 0; position < ID_CHARACTERS; position += 1) {
    text = `${ALPHABET.charAt(Number(bits & 31n))}${text}`;
    bits >>= BITS_PER_CHARACTER;
  }
  return `${ID_PREFIXES[noun]}_${text}`;
}

/** Whether `text` has the form of an id of this noun. That such an object exists is for the store to say. */
export function isId(noun: Noun, text: string): boolean {
  const prefix = `${ID_PREFIXES[noun]}_`;
  return text.startsWith(prefix) && RANDOM_PART.test(text.slice(prefix.length));
}
