import { createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { Webhook } from 'standardwebhooks';
import { beforeEach, describe, expect, it } from 'vitest';

const HOOK = 'https://host.example.com/hooks';

describe.each(testDatabases())('webhook endpoints on %s', (database) => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld({ database });
  });

  const create = (body: object = {}) => world.request('POST', '/v1/webhook_endpoints', { url: HOOK, ...body });

  it('200: what is told to an endpoint waits in a line of its own', async () => {
    const [one, two] = [await create(), await create({ url: 'https://other.example.com/' })];
    await world.request('POST', '/v1/customers', { external_id: 'u_1' });
    const text = `select distinct source from jobs where kind = 'deliver_webhook' order by 1`;
    const rows = await world.context.db.query({ text });
    expect(rows.map(({ source }) => source)).toEqual([one.body.id, two.body.id].sort());
  });

  it('shows the signing secret in the answer that makes it, and never again', async () => {
    const made = await create({ description: 'main' });
    expect(made.status).toBe(201);
    expect(made.body.secret).toMatch(/^whsec_[A-Za-z0-9+/]{32}$/);
    const shown = await world.request('GET', `/v1/webhook_endpoints/${made.body.id}`);
    expect(shown.body).toMatchObject({ url: HOOK, description: 'main', event_types: null, status: 'enabled' });
    expect(shown.body.secret).toBeUndefined();
    const list = await world.request('GET', '/v1/webhook_endpoints');
    expect(JSON.stringify(list.body)).not.toContain('whsec_');
    const log = await world.request('GET', '/v1/audit_entries?action=webhook_endpoint.created');
    expect(log.body.data).toHaveLength(1);
    expect(JSON.stringify(log.body)).not.toContain('whsec_');
  });

  it('OUT-1: sends a signed test event to one endpoint only, and shows what the host answered', async () => {
    const first = await create();
    await create({ url: 'https://other.example.com/' });
    const tested = await world.request('POST', `/v1/webhook_endpoints/${first.body.id}/test`);
    expect(tested.status).toBe(200);
    expect(tested.body).toMatchObject({ status: 'delivered', attempts: 1, last_response_status: 200 });
    await world.quiet();
    expect(world.hosts.received.map((request) => request.url)).toEqual([HOOK]);
    const [request] = world.hosts.received;
    const verify = new Webhook(String(first.body.secret));
    const ageSeconds = Math.abs(Number(request?.headers['webhook-timestamp']) - world.clock.machineNow() / 1000);
    expect(ageSeconds).toBeLessThan(5);
    const signature = verify.sign(
      String(request?.headers['webhook-id']),
      new Date(Number(request?.headers['webhook-timestamp']) * 1000),
      request?.body ?? '',
    );
    expect(request?.headers['webhook-signature']).toBe(signature);
    const body = JSON.parse(request?.body ?? '');
    expect(body).toMatchObject({ type: 'webhook_endpoint.test', sequence: 1, object_id: first.body.id });
    expect(body.id).toBe(request?.headers['webhook-id']);
    const event = await world.request('GET', `/v1/events/${body.id}`);
    expect(event.body).toEqual(body);
  });

  it('OUT-1: signs with both secrets during a rotation, and with the new one alone afterwards', async () => {
    const made = await create();
    const path = `/v1/webhook_endpoints/${made.body.id}`;
    const rotated = await world.request('POST', `${path}/rotate_secret`, { overlap_hours: 1 });
    expect(rotated.status).toBe(200);
    expect(rotated.body.secret).not.toBe(made.body.secret);
    await world.request('POST', `${path}/test`);
    const during = world.hosts.received[0]?.headers['webhook-signature']?.split(' ') ?? [];
    expect(during).toHaveLength(2);
    await world.advance(3_600_000);
    await world.request('POST', `${path}/test`);
    expect(world.hosts.received[1]?.headers['webhook-signature']?.split(' ')).toHaveLength(1);
  });

  it('answers 200 with the failure when the host does not take a test event', async () => {
    const made = await create();
    world.hosts.answer = () => ({ kind: 'answered', status: 503, body: 'down for repairs \0 sk_test_secret' });
    const tested = await world.request('POST', `/v1/webhook_endpoints/${made.body.id}/test`);
    expect(tested.body).toMatchObject({ status: 'pending', attempts: 1, last_response_status: 503 });
    expect(tested.body.attempt_log?.[0]?.response_body).toContain('down for repairs');
    expect(JSON.stringify(tested.body)).not.toContain('sk_test_secret');
  });

  it.each([
    ['not an address', 'nowhere'],
    ['another protocol', 'ftp://host.example.com/'],
    ['a password inside', 'https://user:secret@host.example.com/'],
    ['a private address', 'http://10.0.0.7/hooks'],
    ['the credentials of a cloud machine', 'http://169.254.169.254/latest/meta-data'],
    ['a private address hidden in IPv6', 'http://[::ffff:10.0.0.7]/'],
    ['a private address written as a number', 'http://167772167/'],
  ])('OUT-1: refuses %s with 400 and stores nothing', async (_what, url) => {
    const refused = await create({ url });
    expect([refused.status, refused.body.error?.code]).toEqual([400, 'webhook_url_refused']);
    expect((await world.request('GET', '/v1/webhook_endpoints')).body.data).toEqual([]);
  });

  it('OUT-1: takes loopback in a test environment', async () => {
    for (const url of ['http://localhost:3000/', 'http://127.0.0.1:3000/', 'http://[::1]:3000/'])
      expect((await create({ url })).status).toBe(201);
  });

  it('answers 400 to unknown fields and unknown event types', async () => {
    expect((await create({ secret: 'mine' })).body.error?.code).toBe('parameter_unknown');
    expect((await create({ event_types: ['invoice.eaten'] })).body.error?.code).toBe('parameter_invalid');
  });

  it('answers 404 for endpoints and deliveries of another environment', async () => {
    const made = await create();
    const tested = await world.request('POST', `/v1/webhook_endpoints/${made.body.id}/test`);
    const other = await world.request('POST', '/v1/environments', { name: 'Other' });
    const key = String(other.body.secret_key);
    for (const [method, path, body] of [
      ['GET', `/v1/webhook_endpoints/${made.body.id}`],
      ['PATCH', `/v1/webhook_endpoints/${made.body.id}`, { status: 'disabled' }],
      ['DELETE', `/v1/webhook_endpoints/${made.body.id}`],
      ['POST', `/v1/webhook_endpoints/${made.body.id}/test`],
      ['POST', `/v1/webhook_endpoints/${made.body.id}/rotate_secret`, {}],
      ['GET', `/v1/webhook_deliveries/${tested.body.id}`],
      ['POST', `/v1/webhook_deliveries/${tested.body.id}/redeliver`],
      ['GET', `/v1/events/${tested.body.event_id}`],
    ] as const)
      expect([path, (await world.request(method, path, body, { key })).status]).toEqual([path, 404]);
    expect((await world.request('GET', '/v1/events', undefined, { key })).body.data).toEqual([]);
  });

  it('answers 409 where an endpoint is switched off, and 409 beyond 20 of them', async () => {
    const made = await create();
    const path = `/v1/webhook_endpoints/${made.body.id}`;
    const tested = await world.request('POST', `${path}/test`);
    const off = await world.request('PATCH', path, { status: 'disabled' });
    expect(off.body).toMatchObject({ status: 'disabled', disabled_reason: 'by_hand' });
    expect((await world.request('POST', `${path}/test`)).body.error?.code).toBe('webhook_endpoint_disabled');
    const redelivered = await world.request('POST', `/v1/webhook_deliveries/${tested.body.id}/redeliver`);
    expect(redelivered.body.error?.code).toBe('webhook_delivery_not_sendable');
    for (let count = 1; count < 20; count++) expect((await create()).status).toBe(201);
    expect((await create()).body.error?.code).toBe('webhook_endpoints_limit');
  });

  it('deletes an endpoint and keeps its log', async () => {
    const made = await create();
    const tested = await world.request('POST', `/v1/webhook_endpoints/${made.body.id}/test`);
    const deleted = await world.request('DELETE', `/v1/webhook_endpoints/${made.body.id}`);
    expect(deleted.body).toEqual({ object: 'webhook_endpoint', id: made.body.id, deleted: true });
    expect((await world.request('GET', `/v1/webhook_endpoints/${made.body.id}`)).status).toBe(404);
    expect((await world.request('GET', `/v1/webhook_deliveries/${tested.body.id}`)).body.status).toBe('delivered');
  });
});
