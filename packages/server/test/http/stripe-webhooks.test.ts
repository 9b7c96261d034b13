import { createHmac } from 'node:crypto';
import { createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const SECRET = 'whsec_handmade_secret';

describe.each(testDatabases())('what Stripe pushes on %s', (database) => {
  let world: World;
  let id = '';
  beforeAll(async () => {
    world = await createWorld({ database });
    id = String((await world.connect('sk_test_sandbox_world', { webhook_secret: SECRET })).id);
  });
  afterAll(() => world.close());

  const seconds = () => Math.floor(world.clock.machineNow() / 1000);
  const eventOf = (name: string, more: object = {}) => ({
    id: `evt_${name}`,
    object: 'event',
    api_version: '2026-10-28.endive',
    type: 'customer.updated',
    created: seconds(),
    livemode: false,
    data: { object: { id: 'cus_foreign', object: 'customer' } },
    ...more,
  });

  interface Push {
    readonly payload: string;
    readonly signed?: string;
    readonly secret?: string;
    readonly timestamp?: number;
    readonly contentType?: string;
    readonly to?: string;
  }
  const push = async ({ payload, signed, secret, timestamp, contentType, to }: Push) => {
    const signature = world.stripe('sk_test_sandbox_world').webhooks.generateTestHeaderString({
      payload: signed ?? payload,
      secret: secret ?? SECRET,
      timestamp: timestamp ?? seconds(),
    });
    const headers = { 'content-type': contentType ?? 'application/json; charset=utf-8', 'stripe-signature': signature };
    const url = `/stripe/webhooks/${to ?? id}`;
    const answer = await world.app.inject({ method: 'POST', url, headers, payload });
    return { status: answer.statusCode, body: answer.json() };
  };
  const stored = async () => (await world.request('GET', '/v1/stripe_events?limit=100')).body.data;

  test('EVT-1: 200: a signed event is stored as it came', async () => {
    const event = eventOf('first');
    expect(await push({ payload: JSON.stringify(event) })).toEqual({
      status: 200,
      body: { received: true, ignored: null },
    });
    const [row] = await stored();
    expect(row).toMatchObject({ stripe_event_id: 'evt_first', status: 'pending', received_via: 'push' });
    const one = await world.request('GET', `/v1/stripe_events/${String(row?.id)}`);
    expect(one.body.payload).toEqual(event);
  });

  test('EVT-1, EVT-3: 200: the same event again changes nothing', async () => {
    const payload = JSON.stringify(eventOf('twice'));
    await push({ payload });
    await world.quiet();
    const before = await stored();
    expect((await push({ payload })).status).toBe(200);
    await world.quiet();
    expect(await stored()).toEqual(before);
  });

  test('EVT-1: 200: many events of one object that come side by side are all stored, each once', async () => {
    await world.quiet();
    const names = Array.from({ length: 24 }, (_, index) => `beside_${index % 12}`);
    const answers = await Promise.all(names.map((name) => push({ payload: JSON.stringify(eventOf(name)) })));
    expect(answers.map(({ status }) => status)).toEqual(names.map(() => 200));
    const ids = (await stored()).map((row: { stripe_event_id: string }) => row.stripe_event_id);
    expect(ids.filter((each: string) => each.startsWith('evt_beside_')).sort()).toEqual(
      [...new Set(names)].map((name) => `evt_${name}`).sort(),
    );
    await world.quiet();
  });

  test.each([
    ['an unknown type is kept and ignored', 'unknown', { type: 'tax.settings.updated' }, 'ignored'],
    ['an event of an older API version counts as any', 'older', { api_version: '2020-08-27' }, 'foreign'],
    ['an event about another account is counted, not touched', 'other', { account: 'acct_other' }, 'foreign'],
  ])('EVT-2: 200: %s', async (_title, name, more, status) => {
    expect((await push({ payload: JSON.stringify(eventOf(name, more)) })).status).toBe(200);
    await world.quiet();
    expect((await stored())[0]).toMatchObject({ stripe_event_id: `evt_${name}`, status });
  });

  test('EVT-1: 200: a signature that is 300 seconds old counts', async () => {
    const payload = JSON.stringify(eventOf('slow'));
    expect((await push({ payload, timestamp: seconds() - 300 })).status).toBe(200);
  });

  test('EVT-2: 200: a thin event is stored with the object it is about', async () => {
    const thin = {
      id: 'evt_thin',
      object: 'v2.core.event',
      type: 'v1.customer.updated',
      created: new Date(world.clock.machineNow()).toISOString(),
      livemode: false,
      related_object: { id: 'cus_thin', type: 'customer', url: '/v1/customers/cus_thin' },
    };
    expect((await push({ payload: JSON.stringify(thin) })).status).toBe(200);
    expect((await stored())[0]).toMatchObject({
      stripe_event_id: 'evt_thin',
      object_id: 'cus_thin',
      status: 'ignored',
    });
  });

  test('200: an event of the other mode is received and not stored', async () => {
    const count = (await stored()).length;
    const reply = await push({ payload: JSON.stringify(eventOf('live', { livemode: true })) });
    expect(reply).toEqual({ status: 200, body: { received: true, ignored: 'other_mode' } });
    expect(await stored()).toHaveLength(count);
  });

  test.each([
    ['a NUL in a name', 'name', { name: 'A\u0000da' }, { name: 'Ada' }, 'cus_odd'],
    ['a NUL in the name of a field', 'field', { 'na\u0000me': 'Ada' }, { name: 'Ada' }, 'cus_odd'],
    ['half a character', 'half', { name: 'A\ud800da' }, { name: 'A\ufffdda' }, 'cus_odd'],
    ['a NUL in the id of its object', 'object', { id: 'plan\u0000x' }, { id: 'planx' }, 'planx'],
    ['half a character in the id of its object', 'half_id', { id: 'x\udfff' }, { id: 'x\ufffd' }, 'x\ufffd'],
    ['an object whose id is no text', 'no_text', { id: 5 }, { id: 5 }, null],
  ])('200: %s is kept as a database can hold it', async (_what, name, more, kept, objectId) => {
    const event = eventOf(name, { data: { object: { id: 'cus_odd', object: 'customer', ...more } } });
    expect((await push({ payload: JSON.stringify(event) })).status).toBe(200);
    const [row] = await stored();
    expect(row).toMatchObject({ stripe_event_id: `evt_${name}`, object_id: objectId });
    expect((await world.request('GET', `/v1/stripe_events/${row.id}`)).body.payload.data.object).toMatchObject(kept);
  });

  describe('400: nothing is stored', () => {
    const payload = () => JSON.stringify(eventOf('bad'));
    test.each<[string, string, () => Push]>([
      ['another secret', 'signature_invalid', () => ({ payload: payload(), secret: 'whsec_another' })],
      ['another body', 'signature_invalid', () => ({ payload: payload(), signed: `${payload()} ` })],
      ['a signature 301 seconds old', 'signature_invalid', () => ({ payload: payload(), timestamp: seconds() - 301 })],
      ['signed text that is no JSON', 'stripe_event_malformed', () => ({ payload: 'hello' })],
      ['a signed array', 'stripe_event_malformed', () => ({ payload: '[]' })],
      ['a signed null', 'stripe_event_malformed', () => ({ payload: 'null' })],
      ['a signed object that is no event', 'stripe_event_malformed', () => ({ payload: '{"id":"evt_x"}' })],
    ])('EVT-1: %s: %s', async (_title, code, make) => {
      const count = (await stored()).length;
      const reply = await push(make());
      expect(reply).toMatchObject({ status: 400, body: { error: { code } } });
      expect(await stored()).toHaveLength(count);
    });

    test.each<[string, object]>([
      ['an id with a NUL', { id: 'evt_a\u0000b' }],
      ['an id with half a character', { id: 'evt_\ud800' }],
      ['an id with a space', { id: 'evt a' }],
      ['an id beyond 255 characters', { id: `evt_${'x'.repeat(252)}` }],
      ['a type with a NUL', { type: 'customer.\u0000updated' }],
      ['a type with half a character', { type: 'customer.\ud800' }],
      ['an account with a NUL', { account: 'acct_\u0000' }],
      ['a time long before', { created: -1e15 }],
      ['a time long after', { created: 1e15 }],
      ['a time that is none', { created: 1.5 }],
      ['a thin time long before', { created: '-100000-01-01T00:00:00Z' }],
      ['no time', { created: null }],
    ])('signed, with %s, it is no event of Stripe', async (_what, more) => {
      const count = (await stored()).length;
      const reply = await push({ payload: JSON.stringify(eventOf('bad', more)) });
      expect(reply).toMatchObject({ status: 400, body: { error: { code: 'stripe_event_malformed' } } });
      expect(await stored()).toHaveLength(count);
    });

    test('signed, and nested without end, it is no event of Stripe', async () => {
      const nested = '['.repeat(100_000) + ']'.repeat(100_000);
      const reply = await push({ payload: payload().replace('"cus_foreign"', nested) });
      expect(reply).toMatchObject({ status: 400, body: { error: { code: 'stripe_event_malformed' } } });
    });

    /** Each character of the text is one byte, and Stripe's way to sign (https://docs.stripe.com/webhooks/signature). */
    const pushBytes = (text: string, signed = text) => {
      const time = String(seconds());
      const content = Buffer.from(`${time}.${signed}`, 'latin1');
      const signature = `t=${time},v1=${createHmac('sha256', SECRET).update(content).digest('hex')}`;
      const headers = { 'content-type': 'application/json', 'stripe-signature': signature };
      return world.app.inject({
        method: 'POST',
        url: `/stripe/webhooks/${id}`,
        headers,
        payload: Buffer.from(text, 'latin1'),
      });
    };

    test('EVT-1: signed bytes that are no UTF-8 are no event, and a signature is of bytes and not of what they are read as', async () => {
      const count = (await stored()).length;
      const withName = (name: string) => JSON.stringify(eventOf('bytes', { data: { object: { name } } }));
      const codeOf = async (text: string, signed?: string) => (await pushBytes(text, signed)).json().error?.code;
      expect(await codeOf(withName('caf\xe9'))).toBe('stripe_event_malformed');
      expect(await codeOf(withName('caf\xe9'), withName('caf\xef\xbf\xbd'))).toBe('signature_invalid');
      expect(await stored()).toHaveLength(count);
      expect((await pushBytes(withName('caf\xc3\xa9'))).statusCode).toBe(200);
    });

    test('EVT-1: no signature at all', async () => {
      const headers = { 'content-type': 'application/json' };
      const answer = await world.app.inject({
        method: 'POST',
        url: `/stripe/webhooks/${id}`,
        headers,
        payload: payload(),
      });
      expect(answer.statusCode).toBe(400);
      expect(answer.json().error.code).toBe('signature_invalid');
    });
  });

  test('404: an unknown connection', async () => {
    const reply = await push({ payload: '{}', to: 'con_unknown' });
    expect(reply).toMatchObject({ status: 404, body: { error: { code: 'not_found' } } });
  });

  test('413: a body beyond a megabyte', async () => {
    const reply = await push({ payload: JSON.stringify({ padding: 'x'.repeat(1_100_000) }) });
    expect(reply).toMatchObject({ status: 413, body: { error: { code: 'body_too_large' } } });
  });

  test('415: another kind of body', async () => {
    const reply = await push({ payload: 'a=b', contentType: 'application/x-www-form-urlencoded' });
    expect(reply).toMatchObject({ status: 415, body: { error: { code: 'content_type_unsupported' } } });
  });
});
