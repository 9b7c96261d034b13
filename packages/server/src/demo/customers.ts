import { expect, refusalOf, type Stage, WAIT_MILLISECONDS } from './stage.js';

export interface StoryCustomers {
  readonly unlinkedId: string;
  readonly adaId: string;
  readonly benId: string;
  readonly claraId: string;
}

/** Customers and their twins in Stripe: none, made, linked, refused. */
export async function makeCustomers(stage: Stage, connectionId: string): Promise<StoryCustomers> {
  const { tollbridge, program } = stage;
  program.chapter('Customers');

  const unlinkedId = await program.step('With the switch off a customer stays out of Stripe', async () => {
    const customer = await tollbridge.customers.create({ external_id: 'nobody', name: 'Nora Nolink' });
    expect(customer.provider_customer_id === null, 'he was made in Stripe');
    return [customer.provider_status, customer.id];
  });

  await program.step('The switch is turned on', async () => {
    const connection = await tollbridge.connections.update(connectionId, { create_customers: true });
    expect(connection.create_customers, 'it is still off');
    return ['new customers are made in Stripe from now on', null];
  });

  const adaId = await program.step('With the switch on a customer is made in Stripe', async () => {
    const id = await makeLinked(stage, 'ada', 'Ada Paying');
    return [await providerIdOf(stage, id), id];
  });

  const benId = await program.step('A customer who is in Stripe already is linked', async () => {
    const { id } = await stage.stripe.call<{ id: string }>('POST', '/v1/customers', {
      name: 'Ben Declined',
      email: 'ben@example.com',
    });
    const customer = await tollbridge.customers.create({
      external_id: 'ben',
      name: 'Ben Declined',
      provider_customer_id: id,
    });
    expect(customer.provider_customer_id === id, 'he is not linked');
    return [id, customer.id];
  });

  await program.step('A second link to the same one is refused', async () => {
    const taken = await providerIdOf(stage, benId);
    const second = tollbridge.customers.create({ external_id: 'ben-again', provider_customer_id: taken });
    return [(await refusalOf('provider_customer_linked_already', second)).message, null];
  });

  const claraId = await makeLinked(stage, 'clara', 'Clara Challenge');
  return { unlinkedId, adaId, benId, claraId };
}

async function makeLinked(stage: Stage, externalId: string, name: string): Promise<string> {
  const emails = [`${externalId}@example.com`];
  const { id } = await stage.tollbridge.customers.create({ external_id: externalId, name, emails });
  await stage.host.told('customer.payment_provider_created', (customer) => customer.id === id, WAIT_MILLISECONDS);
  return id;
}

async function providerIdOf({ tollbridge }: Stage, id: string): Promise<string> {
  const customer = await tollbridge.customers.get(id);
  expect(customer.provider_customer_id !== null, 'he has no id in Stripe');
  return customer.provider_customer_id ?? '';
}
