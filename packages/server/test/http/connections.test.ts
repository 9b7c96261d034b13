import { createWorld, testDatabases } from '@tollbridge/simulation';
import { describe, expect, test } from 'vitest';

describe.each(testDatabases())('connections on %s', (database) => {
  test('201: one key is enough', async () => {
    const world = await createWorld({ database });
    const reply = await world.request('POST', '/v1/connections', { secret_key: 'sk_test_sandbox_first' });
    expect(reply.body).toMatchObject({ status: 'connected' });
    expect(reply.status).toBe(201);
    await world.close();
  });
});
