import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { type Body, createWorld, type Reply, testDatabases, type World } from '@tollbridge/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const TOO_LARGE_BYTES = 1_048_577;
/** `REQUESTS_PER_SECOND` allows bursts of twice as many. */
const BURST = 1_000;

describe.each(testDatabases())('any request on %s', (kind) => {
  let world: World;

  beforeEach(async () => {
    world = await createWorld({ database: kind });
  });

  afterEach(async () => {
    await world.close();
  });

  const post = (body: unknown, headers: Record<string, string> = {}): Promise<Reply> =>
    world.request('POST', '/v1/api_keys', body, { headers });

  const keysCount = async () => (await world.request('GET', '/v1/api_keys')).body.data?.length;

  function expectRefusal(reply: Reply, status: number, error: Record<string, unknown>): void {
    expect(reply.body).toMatchObject({ error });
    expect(reply.status).toBe(status);
    expect(Object.keys(reply.body.error ?? {})).toEqual(
      expect.arrayContaining(['type', 'code', 'message', 'param', 'doc_url', 'request_id']),
    );
    expect(reply.body.error?.request_id).toBe(reply.headers['request-id']);
    expect(reply.body.error?.doc_url).toBe(`/docs/errors#${reply.body.error?.code}`);
  }

  test('200: health, readiness and metrics need no key', async () => {
    for (const path of ['/healthz', '/readyz', '/metrics'])
      expect((await world.request('GET', path, undefined, { key: null })).status).toBe(200);
    const metrics = (await world.request('GET', '/metrics', undefined, { key: null })).body.text;
    expect(metrics).toContain(
      'tollbridge_http_request_duration_seconds_count{method="GET",route="/healthz",status="200"} 1',
    );
    expect(metrics).toContain('process_resident_memory_bytes');
  });

  test('200: Swagger UI comes with everything it asks for', async () => {
    const page = await world.app.inject({ url: '/docs/' });
    expect(page.statusCode).toBe(200);
    const assets = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(
      ([, asset]) => new URL(asset ?? '', 'http://h/docs/').pathname,
    );
    expect(assets.length).toBeGreaterThan(2);
    for (const url of [...assets, '/docs/json'])
      expect(await world.app.inject({ url })).toMatchObject({ statusCode: 200 });
    expect((await world.app.inject({ url: '/docs/json' })).json()).toMatchObject({ openapi: '3.1.0' });
  });

  test('every answer carries a request id of ours, never one of the caller', async () => {
    const reply = await world.request('GET', '/v1/api_keys', undefined, {
      headers: { 'request-id': 'mine', 'x-request-id': 'mine' },
    });
    expect(reply.headers['request-id']).toMatch(/^req_[0-9a-f]{24}$/);
  });

  test.each([
    ['no JSON', '{"name":', 'application/json', 400, 'request_malformed'],
    ['nothing at all', '', 'application/json', 400, 'request_malformed'],
    ['a poisoned prototype', '{"name":"a","__proto__":{"x":1}}', 'application/json', 400, 'request_malformed'],
    ['a form', 'name=a', 'application/x-www-form-urlencoded', 415, 'content_type_unsupported'],
    ['text', 'name', 'text/plain', 415, 'content_type_unsupported'],
    ['a list', '[]', 'application/json', 400, 'parameter_invalid'],
    ['null', 'null', 'application/json', 400, 'parameter_invalid'],
    ['too much', `{"name":"${'a'.repeat(TOO_LARGE_BYTES)}"}`, 'application/json', 413, 'body_too_large'],
  ])('a body of %s is refused and changes nothing', async (_what, body, type, status, code) => {
    const before = await keysCount();
    expectRefusal(await post(body, { 'content-type': type }), status, { code });
    expect(await keysCount()).toBe(before);
  });

  test.each([
    ['a missing field', {}, 'parameter_missing', 'name'],
    ['a wrong type', { name: 5 }, 'parameter_invalid', 'name'],
    ['an unknown field', { name: 'a', colour: 'red' }, 'parameter_unknown', 'colour'],
    ['a wrong element', { name: 'a', scopes: ['read', 'all'] }, 'parameter_invalid', 'scopes[1]'],
    ['too long a text', { name: 'a'.repeat(101) }, 'parameter_invalid', 'name'],
    ['a NUL', { name: 'a\0b' }, 'parameter_invalid', 'name'],
    ['half a character', { name: 'a\ud83eb' }, 'parameter_invalid', 'name'],
  ])('400: %s names its parameter', async (_what, body, code, param) => {
    expectRefusal(await post(body), 400, { type: 'invalid_request', code, param });
  });

  /** Text of which each character stands for one byte. */
  const bytesOf = (text: string) => Buffer.from(text, 'latin1');

  test('400: a body that is no UTF-8 is refused, so that two customers never become one', async () => {
    const make = (externalId: string) =>
      world.request('POST', '/v1/customers', bytesOf(`{"external_id":"${externalId}"}`), {
        headers: { 'content-type': 'application/json' },
      });
    for (const externalId of ['caf\xe9-1', 'caf\xe8-1', '\xc0\xaf', '\xed\xa0\x80', '\xf5\x80\x80\x80', 'a\xc3'])
      expectRefusal(await make(externalId), 400, { type: 'invalid_request', code: 'encoding_invalid', param: null });
    expect((await world.request('GET', '/v1/customers')).body.data).toEqual([]);
    expect((await make('caf\xc3\xa9-1')).body).toMatchObject({ external_id: 'café-1' });
  });

  test.each([
    ['/v1/customers?external_id=caf%e9-1'],
    ['/v1/customers?%ff=1'],
    ['/v1/customers?limit=%zz'],
    ['/v1/customers?limit=%'],
    ['/v1/customers/cus_%e9'],
    ['/v1/customers/cus_%ed%a0%80'],
    ['/v1/customers/%zz'],
    ['/v1/nowhere/%ff'],
    ['/v1/%zz'],
  ])('400: %s is an address that says no text', async (address) => {
    expectRefusal(await world.request('GET', address), 400, { type: 'invalid_request', code: 'encoding_invalid' });
  });

  test('what is encoded as UTF-8 in an address is found', async () => {
    await world.request('POST', '/v1/customers', { external_id: 'café +1' });
    const { body } = await world.request('GET', '/v1/customers?external_id=caf%C3%A9%20%2b1');
    expect(body.data).toMatchObject([{ external_id: 'café +1' }]);
  });

  test('400: what a write does not know in its address or body is refused, not dropped', async () => {
    const { id } = (await world.request('POST', '/v1/customers', { external_id: 'u_1' })).body;
    const unknown = (param: string) => ({ code: 'parameter_unknown', param });
    const misplaced = await world.request('DELETE', `/v1/customers/${id}?in_stripe=delete`);
    expectRefusal(misplaced, 400, unknown('in_stripe'));
    expect((await world.request('GET', `/v1/customers/${id}`)).body.deleted_at).toBeNull();
    const { id: key } = (await post({ name: 'a' })).body;
    expectRefusal(await world.request('DELETE', `/v1/api_keys/${key}`, { later: true }), 400, unknown('later'));
    expect((await world.request('DELETE', `/v1/api_keys/${key}`, {})).status).toBe(200);
  });

  test.each([
    ['limit=0', 'parameter_invalid', 'limit'],
    ['limit=101', 'parameter_invalid', 'limit'],
    ['limit=ten', 'parameter_invalid', 'limit'],
    ['colour=red', 'parameter_unknown', 'colour'],
    ['starting_after=key_nothing', 'cursor_unknown', null],
    ['starting_after=%00', 'parameter_invalid', 'starting_after'],
  ])('400: the list parameter %s', async (query, code, param) => {
    expectRefusal(await world.request('GET', `/v1/api_keys?${query}`), 400, { code, param });
  });

  test('401: no key, another scheme, a wrong form, an unknown key', async () => {
    const ask = (authorization: string | null) =>
      world.request('GET', '/v1/api_keys', undefined, {
        key: null,
        headers: authorization === null ? {} : { authorization },
      });
    expectRefusal(await ask(null), 401, { type: 'authentication', code: 'api_key_missing' });
    const invalid = { type: 'authentication', code: 'api_key_invalid' };
    expectRefusal(await ask(`Basic ${world.secretKey}`), 401, invalid);
    expectRefusal(await ask('Bearer tb_test_short'), 401, invalid);
    expectRefusal(await ask(`Bearer ${world.secretKey.slice(0, -1)}-`), 401, invalid);
  });

  test('ENV-4: 401: a revoked key at once, a rotated one when its time is over', async () => {
    const made = (await post({ name: 'a' })).body;
    const use = () => world.request('GET', '/v1/api_keys', undefined, { key: made.secret as string });
    expect((await use()).status).toBe(200);
    const rotated = await world.request('POST', `/v1/api_keys/${made.id}/rotate`, { overlap_hours: 1 });
    expect(rotated.status).toBe(201);
    expect((await use()).status).toBe(200);
    world.clock.advance(3_600_000);
    expectRefusal(await use(), 401, { code: 'api_key_invalid' });
    const fresh = rotated.body.secret as string;
    expect((await world.request('GET', '/v1/api_keys', undefined, { key: fresh })).status).toBe(200);
    await world.request('DELETE', `/v1/api_keys/${rotated.body.id}`);
    expectRefusal(await world.request('GET', '/v1/api_keys', undefined, { key: fresh }), 401, {
      code: 'api_key_invalid',
    });
  });

  test('ENV-4: 403: a key without the scope', async () => {
    const { secret } = (await post({ name: 'reader', scopes: ['read'] })).body;
    const reply = await world.request('POST', '/v1/api_keys', { name: 'b' }, { key: secret as string });
    expectRefusal(reply, 403, { type: 'permission', code: 'scope_missing' });
  });

  test('404: unknown addresses and methods', async () => {
    expectRefusal(await world.request('GET', '/v1/nothing'), 404, { type: 'not_found', code: 'route_unknown' });
    expectRefusal(await world.request('PUT', '/v1/api_keys', {}), 404, { code: 'route_unknown' });
    expectRefusal(await world.request('DELETE', `/v1/api_keys/${'a'.repeat(400)}`), 404, { code: 'route_unknown' });
  });

  test('ENV-2, ENV-4: 404: what belongs to another environment is as unknown as what never was', async () => {
    const other = await world.request('POST', '/v1/environments', { name: 'Other' });
    const theirs = other.body.secret_key;
    const mine = (await post({ name: 'mine' })).body.id;
    const reply = await world.request('DELETE', `/v1/api_keys/${mine}`, undefined, { key: theirs as string });
    expectRefusal(reply, 404, { type: 'not_found', code: 'not_found' });
    expect(
      (await world.request('GET', '/v1/api_keys')).body.data?.find((key: Body) => key.id === mine)?.revoked_at,
    ).toBeNull();
  });

  test('429: beyond the rate the answer says when to come again, and the clock alone lets one in', async () => {
    const asked = await Promise.all(Array.from({ length: BURST }, () => world.app.inject(listing(world.secretKey))));
    expect(asked.every(({ statusCode }) => statusCode === 200)).toBe(true);
    const refused = await world.request('GET', '/v1/api_keys');
    expectRefusal(refused, 429, { type: 'rate_limit', code: 'rate_limited' });
    expect(refused.headers['retry-after']).toBe('1');
    world.clock.advance(1_000);
    expect((await world.request('GET', '/v1/api_keys')).status).toBe(200);
  });

  test('429: whoever sends wrong keys is slowed down by his address', async () => {
    const wrong = (index: number) => world.app.inject(listing(`tb_test_${String(index).padStart(43, 'x')}`));
    const statuses = [];
    for (let index = 0; index < 52; index++) statuses.push((await wrong(index)).statusCode);
    expect(statuses.slice(0, 50)).toEqual(Array.from({ length: 50 }, () => 401));
    expect(statuses.at(-1)).toBe(429);
  });

  test.each([
    ['a payment link', `/pay/${'x'.repeat(43)}`, `/pay/${'y'.repeat(43)}`, 'GET', 30],
    ['the address of a connection', '/stripe/webhooks/con_one', '/stripe/webhooks/con_two', 'POST', 2_000],
  ] as const)(
    '429: %s takes a burst and no flood, and the others are served on',
    async (_what, url, other, method, burst) => {
      const ask = (address: string) => world.app.inject({ method, url: address });
      for (let index = 0; index < burst; index++) expect((await ask(url)).statusCode).not.toBe(429);
      const refused = await world.request(method, url, undefined, { key: null });
      expectRefusal(refused, 429, { type: 'rate_limit', code: 'rate_limited' });
      expect(refused.headers['retry-after']).toBe('1');
      expect((await ask(other)).statusCode).not.toBe(429);
      world.clock.advance(1_000);
      expect((await ask(url)).statusCode).not.toBe(429);
    },
  );

  test('429: whoever makes up payment links is slowed down by his address', async () => {
    const guess = (index: number) => world.app.inject({ url: `/pay/${String(index).padStart(43, 'x')}` });
    for (let index = 0; index < 300; index++) expect((await guess(index)).statusCode).toBe(404);
    expect((await guess(300)).statusCode).toBe(429);
  });

  test('what is no HTTP is answered in the envelope, and the server lives on', async () => {
    await world.app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = world.app.server.address() as AddressInfo;
    const answer = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connect(port, '127.0.0.1', () => socket.write('THIS IS NOT HTTP\r\n\r\n'));
      socket.on('data', (chunk) => {
        text += chunk.toString();
      });
      socket.on('end', () => resolve(text)).on('error', reject);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('"code":"request_malformed"');
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  });
});

const listing = (key: string) => ({ url: '/v1/api_keys?limit=1', headers: { authorization: `Bearer ${key}` } });
