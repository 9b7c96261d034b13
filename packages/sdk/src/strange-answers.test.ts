import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { Tollbridge, TollbridgeError, verifyWebhook, WebhookSignatureError } from './index.js';

const THROWN = { numRuns: 300, seed: 20_270_303 };
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const NOW = new Date('2027-03-01T09:00:00Z');

const strange: fc.Arbitrary<string> = fc.oneof(
  fc.json({ maxDepth: 3 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    '',
    'null',
    '"OK"',
    '5',
    '<html>502</html>',
    '{"data":5}',
    '{"data":[],"has_more":true}',
    '{"error":',
  ),
  fc
    .tuple(fc.constantFrom('constructor', '__proto__', 'toString', 'internal', ''), fc.jsonValue({ maxDepth: 1 }))
    .map(([type, message]) => JSON.stringify({ error: { type, code: 'x', message } })),
);
const status = fc.constantFrom(200, 201, 202, 400, 401, 403, 404, 409, 418, 422, 429, 500, 502, 503);

const clientAnswered = (answered: number, body: string): Tollbridge =>
  new Tollbridge({
    apiKey: 'tb_test_x',
    retriesMax: 0,
    fetch: async () => new Response(body, { status: answered }),
  });

describe('whatever comes instead of an answer of Tollbridge’s', () => {
  it('is an object, or an error of this package’s own', async () => {
    await fc.assert(
      fc.asyncProperty(status, strange, async (answered, body) => {
        const client = clientAnswered(answered, body);
        const outcomes = await Promise.allSettled([
          client.customers.create({ external_id: 'u_1' }),
          client.customers.get('cus_1'),
        ]);
        for (const outcome of outcomes) {
          if (outcome.status === 'fulfilled') expect(typeof outcome.value).toBe('object');
          else expect(outcome.reason).toBeInstanceOf(TollbridgeError);
        }
      }),
      THROWN,
    );
  });

  it('is a list, or an error of this package’s own, and a loop over it ends', async () => {
    await fc.assert(
      fc.asyncProperty(status, strange, async (answered, body) => {
        try {
          for await (const item of clientAnswered(answered, body).customers.list()) expect(item).toBeDefined();
        } catch (error) {
          expect(error).toBeInstanceOf(TollbridgeError);
        }
      }),
      THROWN,
    );
  });
});

describe('whatever comes instead of a webhook', () => {
  it('is refused as not signed', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 });
    const headers = fc.record(
      {
        'webhook-id': text,
        'webhook-timestamp': fc.oneof(text, fc.constant(String(NOW.getTime() / 1_000))),
        'webhook-signature': fc.oneof(
          text,
          text.map((more) => `v1,${more}`),
        ),
      },
      { requiredKeys: [] },
    );
    const payload = fc.oneof(strange, fc.uint8Array({ maxLength: 60 }));
    const secrets = fc.oneof(fc.constant(SECRET), text);
    await fc.assert(
      fc.asyncProperty(payload, headers, secrets, async (body, given, secret) => {
        await expect(verifyWebhook(body, given, secret, { now: NOW })).rejects.toBeInstanceOf(WebhookSignatureError);
      }),
      THROWN,
    );
  });

  it('is refused as well where it is signed and no event', async () => {
    await fc.assert(
      fc.asyncProperty(strange, async (body) => {
        const headers = {
          'webhook-id': 'evt_1',
          'webhook-timestamp': String(NOW.getTime() / 1_000),
          'webhook-signature': new Webhook(SECRET).sign('evt_1', NOW, body),
        };
        const outcome = await verifyWebhook(body, headers, SECRET, { now: NOW }).catch((error: unknown) => error);
        expect(typeof outcome).toBe('object');
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(WebhookSignatureError);
      }),
      THROWN,
    );
  });
});
