import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { openHostClient } from './host-client.js';

const servers: http.Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(handler: http.RequestListener): Promise<number> {
  const server = http.createServer(handler);
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

const request = (url: string, more: object = {}) => ({
  url,
  headers: { 'content-type': 'application/json', 'webhook-id': 'evt_1' },
  body: '{"name":"Zoë"}',
  timeoutMilliseconds: 2_000,
  allowPrivate: false,
  allowLoopback: true,
  ...more,
});

describe('the way to host applications', () => {
  it('posts the body and headers as they are, and brings back status and body', async () => {
    const seen: { body: string; id: string | undefined; host: string | undefined }[] = [];
    const port = await serve(async (incoming, answer) => {
      let body = '';
      for await (const part of incoming) body += String(part);
      seen.push({ body, id: incoming.headers['webhook-id'] as string, host: incoming.headers.host });
      answer.writeHead(202).end('taken');
    });
    const answer = await openHostClient().send(request(`http://localhost:${port}/hooks?a=1`));
    expect(answer).toEqual({ kind: 'answered', status: 202, body: 'taken' });
    expect(seen).toEqual([{ body: '{"name":"Zoë"}', id: 'evt_1', host: `localhost:${port}` }]);
  });

  it('never connects to a private address, however the name is dressed up', async () => {
    let calls = 0;
    const port = await serve((_incoming, answer) => {
      calls += 1;
      answer.end();
    });
    const refuse = { allowLoopback: false };
    const rebound = openHostClient(async () => [{ address: '127.0.0.1', family: 4 }]);
    for (const [client, url] of [
      [rebound, `http://innocent.example.com:${port}/`],
      [openHostClient(), `http://localhost:${port}/`],
      [openHostClient(), `http://[::ffff:127.0.0.1]:${port}/`],
      [openHostClient(), `http://2130706433:${port}/`],
    ] as const)
      expect((await client.send(request(url, refuse))).kind).toBe('refused_address');
    expect(calls).toBe(0);
  });

  it('refuses a name of which one address is bad', async () => {
    const client = openHostClient(async () => [
      { address: '93.184.215.14', family: 4 },
      { address: '169.254.169.254', family: 4 },
    ]);
    const answer = await client.send(request('http://mixed.example.com/', { allowPrivate: true }));
    expect(answer).toMatchObject({ kind: 'refused_address', message: expect.stringContaining('169.254.169.254') });
  });

  it('looks a name up once and connects to the address it judged', async () => {
    const port = await serve((_incoming, answer) => answer.end('here'));
    let lookups = 0;
    const client = openHostClient(async () => {
      lookups += 1;
      return [{ address: lookups === 1 ? '127.0.0.1' : '10.0.0.1', family: 4 }];
    });
    const answer = await client.send(request(`http://host.example.com:${port}/`));
    expect(answer).toEqual({ kind: 'answered', status: 200, body: 'here' });
    expect(lookups).toBe(1);
  });

  it('follows no redirect', async () => {
    let calls = 0;
    const port = await serve((_incoming, answer) => {
      calls += 1;
      answer.writeHead(302, { location: '/elsewhere' }).end();
    });
    const answer = await openHostClient().send(request(`http://127.0.0.1:${port}/`));
    expect(answer).toMatchObject({ kind: 'answered', status: 302 });
    expect(calls).toBe(1);
  });

  it('keeps only the beginning of a long answer', async () => {
    const port = await serve((_incoming, answer) => answer.end('x'.repeat(1_000_000)));
    const answer = await openHostClient().send(request(`http://127.0.0.1:${port}/`));
    expect(answer.kind === 'answered' && answer.body.length).toBe(4_096);
  });

  it('says that a host which does not answer in time, or is not there, is unreachable', async () => {
    const port = await serve(() => {});
    const slow = await openHostClient().send(request(`http://127.0.0.1:${port}/`, { timeoutMilliseconds: 50 }));
    expect(slow).toEqual({ kind: 'unreachable', message: 'no answer within 0.05 s' });
    const [server] = servers.splice(0);
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
    const gone = await openHostClient().send(request(`http://127.0.0.1:${port}/`));
    expect(gone).toEqual({ kind: 'unreachable', message: 'no connection (ECONNREFUSED)' });
  });

  it('takes a host whose answer never ends as one that did not answer', async () => {
    const port = await serve((_incoming, answer) => {
      answer.writeHead(200);
      answer.write('some');
    });
    const answer = await openHostClient().send(request(`http://127.0.0.1:${port}/`, { timeoutMilliseconds: 50 }));
    expect(answer).toEqual({ kind: 'unreachable', message: 'no answer within 0.05 s' });
  });
});
