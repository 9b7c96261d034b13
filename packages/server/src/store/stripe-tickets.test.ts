import { testDatabase, testDatabases } from '@tollbridge/simulation';
import { beforeAll, describe, expect, test } from 'vitest';
import { NOW, newEnvironment } from '../../test/ground.js';
import { Changes } from '../changes.js';
import { commit } from './commit.js';
import { type Database, SupersededTicket } from './database.js';
import { applyTicket, type StripeTicket, takeTicket } from './stripe-tickets.js';

describe.each(testDatabases())('tickets of Stripe objects on %s', (kind) => {
  let database: Database;
  let environmentId = '';
  beforeAll(async () => {
    database = await testDatabase(kind);
    environmentId = (await newEnvironment(database)).id;
  });

  const take = (objectId: string) => takeTicket(database, environmentId, 'con_1', objectId);
  const apply = (ticket: StripeTicket) => commit(database, applyTicket(new Changes(), ticket), NOW);

  test('EVT-3: an older look never overwrites a newer one, and is told so', async () => {
    const older = await take('pi_1');
    const newer = await take('pi_1');
    await apply(newer);
    await expect(apply(older)).rejects.toThrow(SupersededTicket);
  });

  test('in their order both count, and one may count twice', async () => {
    const first = await take('pi_2');
    const second = await take('pi_2');
    await apply(first);
    await apply(second);
    await apply(second);
  });

  test('applying one gives none out again that was given out meanwhile', async () => {
    const first = await take('pi_3');
    const second = await take('pi_3');
    await apply(first);
    const third = await take('pi_3');
    expect(third.applied).toBe(second.applied + 1n);
  });

  test('tickets of different objects do not know each other', async () => {
    const one = await take('pi_4');
    const other = await take('pi_5');
    await apply(other);
    await apply(one);
  });

  test('parallel takers get different numbers', async () => {
    const tickets = await Promise.all(Array.from({ length: 20 }, () => take('pi_6')));
    expect(new Set(tickets.map((ticket) => ticket.applied)).size).toBe(20);
  });
});
