import { type Body, createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

describe.each(testDatabases())('/v1/legal_entities on %s', (database) => {
  let world: World;

  beforeAll(async () => {
    world = await createWorld({ database });
  });
  afterAll(() => world.close());

  const create = (body: object) => world.request('POST', '/v1/legal_entities', body);
  const defaults = async () => {
    const listed = await world.request('GET', '/v1/legal_entities?limit=100');
    return (listed.body.data ?? []).filter((entity: Body) => entity.is_default).map((entity: Body) => entity.id);
  };

  test('INV-11: an environment has an issuer from its making', async () => {
    expect(await defaults()).toHaveLength(1);
  });

  test('INV-11: 201: a new issuer has its name, address, tax ids and footer, counts from 1, and as the default takes the place of the old one', async () => {
    const made = await create({
      name: 'Toll Ltd',
      number_prefix: 'TOLL',
      address: { city: 'Bonn', country: 'DE' },
      tax_ids: [{ type: 'eu_vat', value: 'DE123456789' }],
      footer: 'Thank you',
      is_default: true,
    });
    expect(made).toMatchObject({
      status: 201,
      body: {
        next_number: 1,
        is_default: true,
        name: 'Toll Ltd',
        address: { city: 'Bonn', country: 'DE', line1: null },
        tax_ids: [{ type: 'eu_vat', value: 'DE123456789' }],
        footer: 'Thank you',
      },
    });
    expect(await defaults()).toEqual([made.body.id]);
  });

  test('200: what is left out stays', async () => {
    const made = await create({ name: 'A', number_prefix: 'AAA', address: { city: 'Bonn' } });
    const changed = await world.request('PATCH', `/v1/legal_entities/${made.body.id}`, {
      address: { country: 'DE' },
      is_default: true,
    });
    expect(changed).toMatchObject({
      status: 200,
      body: { name: 'A', address: { city: 'Bonn', country: 'DE' }, is_default: true },
    });
    expect(await defaults()).toEqual([made.body.id]);
  });

  test('the default goes there and back, in whichever order the database writes the two', async () => {
    const ids: string[] = [];
    for (const number_prefix of ['FIRST', 'SECOND', 'THIRD']) {
      const made = await create({ name: number_prefix, number_prefix, is_default: true });
      expect(made.status).toBe(201);
      ids.push(String(made.body.id));
    }
    for (const id of [...ids, ...ids.reverse()]) {
      const changed = await world.request('PATCH', `/v1/legal_entities/${id}`, { is_default: true });
      expect(changed).toMatchObject({ status: 200, body: { is_default: true } });
      expect(await defaults()).toEqual([id]);
    }
  });

  test.each([
    ['a prefix in lower case', { name: 'B', number_prefix: 'inv' }, 'number_prefix'],
    ['no name', { number_prefix: 'BBB' }, 'name'],
    [
      'a country that is none',
      { name: 'B', number_prefix: 'BBB', address: { country: 'Germany' } },
      'address[country]',
    ],
  ])('400: %s is refused', async (_what, body, param) => {
    expect(await create(body)).toMatchObject({ status: 400, body: { error: { param } } });
  });

  test('404: an issuer that never was', async () => {
    expect((await world.request('GET', '/v1/legal_entities/le_none')).status).toBe(404);
    expect((await world.request('PATCH', '/v1/legal_entities/le_none', {})).status).toBe(404);
  });

  test('INV-11: 409: two issuers never share a prefix', async () => {
    await create({ name: 'C', number_prefix: 'CCC' });
    expect(await create({ name: 'D', number_prefix: 'CCC' })).toMatchObject({
      status: 409,
      body: { error: { code: 'legal_entity_number_prefix_taken' } },
    });
  });
});
