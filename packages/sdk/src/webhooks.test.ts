import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { verifyWebhook, WebhookSignatureError } from './index.js';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const OTHER = 'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
const NOW = new Date('2027-03-01T09:00:00Z');
const BODY = JSON.stringify({ object: 'event', id: 'evt_1', type: 'customer.updated', sequence: 2, name: 'Zoë' });

/** Signed by the official package, which is what other receivers use. */
const headersOf = (secrets: string[], sentAt = NOW) => ({
  'webhook-id': 'evt_1',
  'webhook-timestamp': String(sentAt.getTime() / 1000),
  'webhook-signature': secrets.map((secret) => new Webhook(secret).sign('evt_1', sentAt, BODY)).join(' '),
});

const verify = (headers: Parameters<typeof verifyWebhook>[1], secrets: string | string[] = SECRET, body = BODY) =>
  verifyWebhook(body, headers, secrets, { now: NOW });

describe('verifyWebhook', () => {
  it('gives the event of a message that Standard Webhooks signed', async () => {
    expect(await verify(headersOf([SECRET]))).toMatchObject({ id: 'evt_1', sequence: 2 });
    expect(await verify(new Headers(headersOf([SECRET])))).toMatchObject({ id: 'evt_1' });
    const bytes = new TextEncoder().encode(BODY);
    expect(await verifyWebhook(bytes, headersOf([SECRET]), SECRET, { now: NOW })).toMatchObject({ name: 'Zoë' });
  });

  it('finds headers whatever their case', async () => {
    const headers = Object.fromEntries(
      Object.entries(headersOf([SECRET])).map(([name, value]) => [name.toUpperCase(), [value]]),
    );
    expect(await verify(headers)).toMatchObject({ id: 'evt_1' });
  });

  it('takes a message during a rotation, whichever of the two secrets the receiver knows', async () => {
    expect(await verify(headersOf([OTHER, SECRET]))).toMatchObject({ id: 'evt_1' });
    expect(await verify(headersOf([SECRET]), [OTHER, SECRET])).toMatchObject({ id: 'evt_1' });
  });

  it.each([
    ['another secret', () => verify(headersOf([OTHER]))],
    ['a changed body', () => verify(headersOf([SECRET]), SECRET, BODY.replace('2', '3'))],
    ['another id', () => verify({ ...headersOf([SECRET]), 'webhook-id': 'evt_2' })],
    ['a missing header', () => verify({ 'webhook-id': 'evt_1' })],
    ['a signature of another version', () => verify({ ...headersOf([SECRET]), 'webhook-signature': 'v1a,AAAA' })],
    ['a signature that is not base64', () => verify({ ...headersOf([SECRET]), 'webhook-signature': 'v1,***' })],
    ['an empty secret', () => verify(headersOf([SECRET]), 'whsec_')],
    ['an old message', () => verify(headersOf([SECRET], new Date(NOW.getTime() - 301_000)))],
    ['a message from the future', () => verify(headersOf([SECRET], new Date(NOW.getTime() + 301_000)))],
    ['a time that is none', () => verify({ ...headersOf([SECRET]), 'webhook-timestamp': 'soon' })],
  ])('refuses %s', async (_what, attempt) => {
    await expect(attempt()).rejects.toBeInstanceOf(WebhookSignatureError);
  });
});
