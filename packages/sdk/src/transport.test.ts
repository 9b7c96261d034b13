import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import {
  AuthenticationError,
  ConflictError,
  ConnectionError,
  InvalidRequestError,
  NotFoundError,
  RateLimitError,
  ServerError,
  Tollbridge,
} from './index.js';

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

type Answer = { status: number; body?: unknown; headers?: Record<string, string> } | 'cut' | 'silence';

const servers: http.Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A server that gives these answers one after the other, and the last one for ever. */
async function serve(...answers: Answer[]): Promise<{ tollbridge: Tollbridge; asked: Asked[]; baseUrl: string }> {
  const asked: Asked[] = [];
  const server = http.createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += String(part);
    const answer = answers[Math.min(asked.length, answers.length - 1)] ?? 'cut';
    asked.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
    if (answer === 'cut') request.socket.destroy();
    else if (answer !== 'silence') {
      response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
      response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {}));
    }
  });
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { tollbridge: new Tollbridge({ apiKey: 'tb_test_key', baseUrl }), asked, baseUrl };
}

const refusal = (type: string, code: string) => ({
  error: { type, code, message: 'No.', param: 'name', doc_url: `/docs/errors#${code}`, request_id: 'req_1' },
});
const soon = { 'retry-after': '0' };
const done: Answer = { status: 201, body: { object: 'environment', id: 'env_1' } };

describe('a call', () => {
  it('carries the key, the body and an idempotency key of its own', async () => {
    const { tollbridge, asked } = await serve(done);
    const environment = await tollbridge.environments.create({ name: 'Staging' });
    expect(environment.id).toBe('env_1');
    expect(asked).toMatchObject([{ method: 'POST', url: '/v1/environments', body: '{"name":"Staging"}' }]);
    expect(asked[0]?.headers).toMatchObject({
      authorization: 'Bearer tb_test_key',
      'content-type': 'application/json',
    });
    expect(asked[0]?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('reads without an idempotency key, with its query and with ids made safe for an address', async () => {
    const { tollbridge, asked } = await serve({ status: 200, body: { id: 'evt_1' } });
    await tollbridge.events.get('../evt?1');
    expect(asked[0]?.url).toBe('/v1/events/..%2Fevt%3F1');
    expect(asked[0]?.headers['idempotency-key']).toBeUndefined();
    await tollbridge.environments.delete('env_1', { confirm: 'a & b' });
    expect(asked[1]).toMatchObject({ method: 'DELETE', url: '/v1/environments/env_1?confirm=a+%26+b', body: '' });
  });

  it.each<[string, Answer]>([
    ['a cut connection', 'cut'],
    ['a 500', { status: 500, body: refusal('internal', 'internal_error'), headers: soon }],
    ['a 503', { status: 503, body: 'bad gateway', headers: soon }],
    ['a 429', { status: 429, body: refusal('rate_limit', 'rate_limited'), headers: soon }],
    ['a persisting conflict', { status: 409, body: refusal('conflict', 'conflict_persisted'), headers: soon }],
  ])('is tried again after %s, with the same idempotency key', async (_what, failure) => {
    const { tollbridge, asked } = await serve(failure, failure, done);
    expect((await tollbridge.environments.create({ name: 'A' })).id).toBe('env_1');
    expect(asked).toHaveLength(3);
    expect(new Set(asked.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });

  it('is tried four times in all, and then tells the last failure', async () => {
    const { tollbridge, asked } = await serve({
      status: 500,
      body: refusal('internal', 'internal_error'),
      headers: soon,
    });
    await expect(tollbridge.environments.getOwn()).rejects.toBeInstanceOf(ServerError);
    expect(asked).toHaveLength(4);
  });

  it('uses the idempotency key it is given', async () => {
    const { tollbridge, asked } = await serve(done);
    await tollbridge.environments.create({ name: 'A' }, { idempotencyKey: 'order-17' });
    expect(asked[0]?.headers['idempotency-key']).toBe('order-17');
  });

  it.each([
    [400, 'invalid_request', 'parameter_missing', InvalidRequestError],
    [401, 'authentication', 'api_key_invalid', AuthenticationError],
    [404, 'not_found', 'not_found', NotFoundError],
    [409, 'conflict', 'idempotency_key_reused', ConflictError],
  ] as const)('refused with %i is an error of its kind, and is not tried again', async (status, type, code, kind) => {
    const { tollbridge, asked } = await serve({ status, body: refusal(type, code) });
    const error = await tollbridge.environments.create({ name: 'A' }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(kind);
    expect(error).toMatchObject({ status, type, code, message: 'No.', param: 'name', requestId: 'req_1' });
    expect(asked).toHaveLength(1);
  });

  it('does not wait for a server that asks for a minute of patience', async () => {
    const slow = { status: 429, body: refusal('rate_limit', 'rate_limited'), headers: { 'retry-after': '60' } };
    const { tollbridge, asked } = await serve(slow);
    await expect(tollbridge.environments.getOwn()).rejects.toBeInstanceOf(RateLimitError);
    expect(asked).toHaveLength(1);
  });

  it('gives up a try that takes too long', async () => {
    const { baseUrl, asked } = await serve('silence');
    const tollbridge = new Tollbridge({ apiKey: 'tb_test_key', baseUrl, timeoutMilliseconds: 50, retriesMax: 1 });
    await expect(tollbridge.environments.getOwn()).rejects.toThrow(/it took too long/);
    expect(asked).toHaveLength(2);
  });

  it('ends when it is aborted, and is not tried again', async () => {
    const { tollbridge, asked } = await serve('silence');
    const abort = new AbortController();
    const pending = tollbridge.environments.getOwn({ signal: abort.signal });
    const ended = expect(pending).rejects.toThrow('enough');
    while (asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
    abort.abort(new Error('enough'));
    await ended;
    expect(asked).toHaveLength(1);
  });

  it('says that nobody answers', async () => {
    const { tollbridge } = await serve(done);
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
    const quick = new Tollbridge({ apiKey: 'tb_test_key', baseUrl: 'http://127.0.0.1:9', retriesMax: 0 });
    await expect(quick.environments.getOwn()).rejects.toBeInstanceOf(ConnectionError);
    expect(tollbridge).toBeInstanceOf(Tollbridge);
  });

  it('is refused at once with a key that is none of Tollbridge', () => {
    expect(() => new Tollbridge({ apiKey: 'sk_test_1' })).toThrow(TypeError);
  });
});

describe('a list', () => {
  const page = (ids: string[], has_more: boolean): Answer => ({
    status: 200,
    body: { object: 'list', data: ids.map((id) => ({ id })), has_more },
  });

  it('gives its first page when awaited', async () => {
    const { tollbridge, asked } = await serve(page(['evt_2', 'evt_1'], true));
    const { data, has_more } = await tollbridge.events.list({ type: 'invoice.paid', limit: 2 });
    expect([data.map(({ id }) => id), has_more]).toEqual([['evt_2', 'evt_1'], true]);
    expect(asked.map(({ url }) => url)).toEqual(['/v1/events?limit=2&type=invoice.paid']);
  });

  it('gives every item of all pages when looped over', async () => {
    const { tollbridge, asked } = await serve(page(['c', 'b'], true), page(['a'], false));
    const ids: string[] = [];
    for await (const event of tollbridge.events.list()) ids.push(event.id);
    expect(ids).toEqual(['c', 'b', 'a']);
    expect(asked.map(({ url }) => url)).toEqual(['/v1/events?limit=100', '/v1/events?limit=100&starting_after=b']);
  });

  it('asks for no page that the loop does not come to', async () => {
    const { tollbridge, asked } = await serve(page(['c', 'b'], true));
    for await (const event of tollbridge.events.list()) if (event.id === 'c') break;
    expect(asked).toHaveLength(1);
  });

  it('goes towards the newest when it is looped over from an end', async () => {
    const { tollbridge, asked } = await serve(page(['c', 'b'], true), page(['d'], false));
    const ids: string[] = [];
    for await (const event of tollbridge.events.list({ ending_before: 'a' })) ids.push(event.id);
    expect(ids).toEqual(['b', 'c', 'd']);
    expect(asked[1]?.url).toContain('ending_before=c');
  });

  it('throws into the loop what a page is refused with', async () => {
    const { tollbridge } = await serve({ status: 401, body: refusal('authentication', 'api_key_invalid') });
    const loop = async () => {
      for await (const event of tollbridge.events.list()) expect(event).toBeUndefined();
    };
    await expect(loop()).rejects.toBeInstanceOf(AuthenticationError);
  });
});
