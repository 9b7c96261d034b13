import type { EventObjects } from './api-types.generated.js';
import { WebhookSignatureError } from './errors.js';

export type WebhookEventType = keyof EventObjects;

/** What a webhook brings, and what `/v1/events` lists: `switch (event.type)` tells what `event.data.object` is. */
export type WebhookEvent = {
  readonly [Type in WebhookEventType]: {
    readonly object: 'event';
    /** The same for every delivery of this event: remember it, and a second delivery changes nothing. */
    readonly id: string;
    readonly type: Type;
    readonly created_at: string;
    /** Counts the events of one object from 1 without gaps: an older one never overwrites a newer one. */
    readonly sequence: number;
    readonly object_id: string;
    readonly data: { readonly object: EventObjects[Type] };
  };
}[WebhookEventType];

export type WebhookHeaders =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

export interface VerifyOptions {
  /** How old a message may be; 5 minutes when left out. */
  readonly toleranceSeconds?: number;
  /** The time to compare with, for tests; the real one when left out. */
  readonly now?: Date;
}

const TOLERANCE_SECONDS = 300;
const SECRET_PREFIX = 'whsec_';
/** More signatures than this on one message are nobody's rotation. */
const SIGNATURES_MAX = 20;

/**
 * Verifies a webhook by Standard Webhooks, and gives the event in it. `payload` is the body as it came, before anything
 * parsed it; during a rotation of the secret give both. Throws `WebhookSignatureError`.
 */
export async function verifyWebhook(
  payload: string | Uint8Array,
  headers: WebhookHeaders,
  secrets: string | readonly string[],
  options: VerifyOptions = {},
): Promise<WebhookEvent> {
  const body = typeof payload === 'string' ? payload : new TextDecoder().decode(payload);
  const id = header(headers, 'webhook-id');
  const timestamp = header(headers, 'webhook-timestamp');
  checkAge(Number(timestamp), options);
  const signed = new TextEncoder().encode(`${id}.${timestamp}.${body}`);
  const signatures = header(headers, 'webhook-signature').split(' ').slice(0, SIGNATURES_MAX);
  for (const secret of typeof secrets === 'string' ? [secrets] : secrets)
    for (const signature of signatures)
      if (signature.startsWith('v1,') && (await fits(secret, signature.slice(3), signed))) return eventFrom(body);
  throw new WebhookSignatureError('No signature of the webhook fits.');
}

function eventFrom(body: string): WebhookEvent {
  try {
    const event: unknown = JSON.parse(body);
    if (typeof event === 'object' && event !== null) return event as WebhookEvent;
  } catch {
    // Refused below.
  }
  throw new WebhookSignatureError('The webhook is signed, but it is no event of Tollbridge.');
}

function header(headers: WebhookHeaders, name: string): string {
  const value = typeof headers.get === 'function' ? headers.get(name) : fromRecord(headers, name);
  if (typeof value !== 'string' || value === '') throw new WebhookSignatureError(`The header ${name} is missing.`);
  return value;
}

function fromRecord(headers: object, name: string): unknown {
  const [, value] = Object.entries(headers).find(([key]) => key.toLowerCase() === name) ?? [];
  return Array.isArray(value) ? value[0] : value;
}

function checkAge(seconds: number, options: VerifyOptions): void {
  const now = (options.now ?? new Date()).getTime() / 1_000;
  if (!Number.isFinite(seconds) || Math.abs(now - seconds) > (options.toleranceSeconds ?? TOLERANCE_SECONDS))
    throw new WebhookSignatureError('The webhook is too old, or comes from the future.');
}

/** `verify` of Web Crypto compares in a time that does not tell how far a forged signature agrees. */
async function fits(secret: string, signature: string, signed: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const [keyBytes, signatureBytes] = [bytesOf(secret.replace(SECRET_PREFIX, '')), bytesOf(signature)];
  if (keyBytes === null || signatureBytes === null || keyBytes.length === 0) return false;
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', keyBytes, algorithm, false, ['verify']);
  return crypto.subtle.verify('HMAC', key, signatureBytes, signed);
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}
