import { type Body, createWorld, testDatabases, type World } from '@tollbridge/simulation';
import type Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isConflict } from '../jobs/run-job.js';
import { commit } from '../store/commit.js';
import { findConnectionWithAccess } from '../store/connections.js';
import { findCustomer } from '../store/customers.js';
import { mirrorCustomer } from './customer-mirror.js';

const KEY = 'sk_test_sandbox_mirror';

describe.each(testDatabases())('two looks at one customer, on %s', (database) => {
  let world: World;
  let stripe: Stripe;
  let customer: Body;
  let twin: string;

  beforeEach(async () => {
    world = await createWorld({ database });
    await world.connect(KEY);
    stripe = world.stripe(KEY);
    const wish = { external_id: 'u_1', sync_with_provider: true, sync: true };
    customer = (await world.request('POST', '/v1/customers', wish)).body;
    twin = String(customer.provider_customer_id);
    // Only the looks of the tests look.
    world.pushReaches = false;
  });
  afterEach(() => world.close());

  async function look() {
    const { context } = world;
    const [row] = await context.db.query({ text: 'select environment_id, connection_id from customers' });
    const environmentId = row?.environment_id as string;
    const connected = await findConnectionWithAccess(context, environmentId, row?.connection_id as string);
    const known = await findCustomer(context.db, environmentId, String(customer.id));
    if (connected === null || known === null) throw new Error('he is linked in this story');
    const changes = await mirrorCustomer(context, known, connected);
    if (!changes.ok) throw new Error(changes.error.message);
    const now = context.clock.machineNow();
    return () => commit(context.db, changes.value, now);
  }

  const cards = async () => (await world.request('GET', `/v1/customers/${customer.id}/payment_methods`)).body.data;
  const conflict = expect.toSatisfy(isConflict);

  test('a card brought by the earlier one does not outlive the end of the link that the later one saw', async () => {
    await stripe.paymentMethods.attach('pm_card_visa', { customer: twin });
    const earlier = await look();
    await stripe.customers.del(twin);
    const later = await look();
    await earlier();
    await expect(later()).rejects.toEqual(conflict);
    await (await look())();
    expect(await cards()).toEqual([]);
  });

  test('a card brought by the earlier one does not outlive its removal that the later one saw', async () => {
    const card = await stripe.paymentMethods.attach('pm_card_visa', { customer: twin });
    const earlier = await look();
    await stripe.paymentMethods.detach(card.id);
    const later = await look();
    await earlier();
    await expect(later()).rejects.toEqual(conflict);
    await (await look())();
    expect(await cards()).toEqual([]);
  });
});
