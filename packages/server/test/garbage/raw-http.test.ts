import type { AddressInfo } from 'node:net';
import { PROBLEMS } from '@tollbridge/server/problems/index';
import { type Body, createWorld, type World } from '@tollbridge/simulation';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OPERATIONS } from './document.js';
import { Watcher } from './fingerprint.js';
import { bytesOf, jsonOf, type RawRequest, rawRequest, sendRaw } from './raw-http.js';
import { fc, Tally, thrown, timeoutMilliseconds } from './runs.js';

const REQUESTS = 400;

/** On one database: what is tried here ends before anything is looked up, or is tried again by the generated requests. */
describe('bytes on the socket', () => {
  let world: World;
  let port: number;
  let watcher: Watcher;
  const tally = new Tally();

  beforeAll(async () => {
    world = await createWorld({ database: 'embedded' });
    await world.app.listen({ host: '127.0.0.1', port: 0 });
    port = (world.app.server.address() as AddressInfo).port;
    watcher = await Watcher.of(world.context.db);
  });
  afterAll(async () => {
    tally.print('bytes on the socket');
    await world.close();
  });

  async function holds(request: RawRequest): Promise<void> {
    const answer = await sendRaw(port, bytesOf(request));
    world.clock.advance(1_000);
    const changed = await watcher.changes();
    tally.count(answer === null ? 'closed without a word' : String(answer.status));
    if (answer === null || answer.status >= 400) expect(changed).toEqual([]);
    if (answer === null) return;
    expect(answer.status).toBeGreaterThanOrEqual(200);
    expect(answer.status).toBeLessThan(500);
    if (answer.status < 400) return;
    if (request.method === 'HEAD' || /text\/html/.test(answer.head)) return;
    const { error } = (jsonOf(answer) ?? {}) as Body;
    const kind = PROBLEMS[error?.code];
    expect([answer.status, error?.type, answer]).toEqual([kind?.status, kind?.type, answer]);
  }

  test(
    'are answered in the envelope or cut off, never by a fault of ours, and nothing changes',
    async () => {
      const targets = OPERATIONS.map(({ path }) => path.replaceAll(/\{[^}]+\}/g, 'no_such_thing'));
      await fc.assert(fc.asyncProperty(rawRequest(targets, world.secretKey), holds), thrown(REQUESTS));
      expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    },
    timeoutMilliseconds(),
  );
});
