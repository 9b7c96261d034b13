import { type Customer, instantOf, invoiceNumberForm, type LegalEntity, writeCustomer } from '@tollbridge/core';
import { emptyDatabase, testDatabase, testDatabases } from '@tollbridge/simulation';
import { beforeEach, describe, expect, test } from 'vitest';
import { NOW, newEnvironment, newEvent, newId } from '../../test/ground.js';
import { Changes, type NumberDraw } from '../changes.js';
import { newLegalEntity } from '../organizations/new-legal-entity.js';
import { commit } from './commit.js';
import { customersTable, findCustomer } from './customers.js';
import type { Database } from './database.js';
import { findLegalEntity, legalEntitiesTable } from './legal-entities.js';
import type { Environment } from './organizations.js';

const STAND_IN = 'number_stand-in';

describe.each(testDatabases())('what must hold while a commit writes, on %s', (kind) => {
  let database: Database;
  let environment: Environment;
  let entity: LegalEntity;

  beforeEach(async () => {
    database = await testDatabase(kind);
    await emptyDatabase(database);
    environment = await newEnvironment(database);
    const context = { newId } as unknown as Parameters<typeof newLegalEntity>[0];
    entity = newLegalEntity(context, environment, { name: 'Toll', numberPrefix: 'INV', isDefault: true, now: NOW });
    await save(new Changes().insert(legalEntitiesTable, entity));
  });

  const save = (changes: Changes) => commit(database, changes, NOW);
  const stored = async () => findLegalEntity(database, environment.id, entity.id);
  const draw = (change: Partial<NumberDraw> = {}): Changes =>
    new Changes().draw({
      environmentId: environment.id,
      legalEntityId: entity.id,
      version: entity.version,
      form: invoiceNumberForm(entity),
      standIn: STAND_IN,
      ...change,
    });
  const told = async (): Promise<unknown[]> =>
    (await database.query({ text: 'select data from events order by seq' })).map((row) => row.data);

  test.each([
    [1, 'INV-000001'],
    [999_999, 'INV-999999'],
    [1_000_000, 'INV-1000000'],
  ])('the number %i is written %s', async (nextNumber, number) => {
    await database.query({ text: 'update legal_entities set next_number = $1', values: [nextNumber] });
    expect(await save(draw())).toBe(number);
    expect(await stored()).toMatchObject({ nextNumber: nextNumber + 1 });
  });

  test('the number stands wherever its stand-in was written, beside what JSON writes otherwise', async () => {
    const event = { ...newEvent(environment.id, 'inv_1'), data: { number: STAND_IN, text: '"\\\n€' } };
    await save(draw().tell(event, newEvent(environment.id, 'inv_2')));
    expect(await told()).toEqual([{ number: 'INV-000001', text: '"\\\n€' }, { object: { id: 'inv_2' } }]);
  });

  test('what is refused has drawn no number, and the next gets it', async () => {
    await save(new Changes().update(legalEntitiesTable, entity));
    await expect(save(draw().update(legalEntitiesTable, entity))).rejects.toMatchObject({ name: 'VersionConflict' });
    const current = await stored();
    expect(await save(draw({ version: current?.version ?? 0 }))).toBe('INV-000001');
  });

  test('a number is drawn only while the issuer is as he was read, and drawing does not change him', async () => {
    await save(draw());
    expect(await save(draw())).toBe('INV-000002');
    await save(new Changes().update(legalEntitiesTable, { ...entity, name: 'Bridge' }));
    expect(await stored()).toMatchObject({ name: 'Bridge', nextNumber: 3, version: 2 });
    const late = save(draw().tell(newEvent(environment.id, 'inv_1')));
    await expect(late).rejects.toMatchObject({ name: 'VersionConflict', subject: 'legal_entities' });
    expect(await told()).toEqual([]);
  });

  test('a series has begun once a number was drawn', async () => {
    const condition = { kind: 'number_series_not_begun', environmentId: environment.id, id: entity.id } as const;
    const asked = () => new Changes().require(condition).tell(newEvent(environment.id, 'le_1'));
    await save(asked());
    await save(draw());
    await expect(save(asked())).rejects.toMatchObject({ name: 'VersionConflict', subject: 'legal_entities' });
  });

  async function newCustomer(): Promise<Customer> {
    const made = writeCustomer({
      existing: null,
      input: {},
      connection: null,
      identity: { environmentId: environment.id, id: newId('customer'), externalId: newId('customer') },
      now: NOW,
      machineNow: NOW,
    });
    if (!made.ok) throw new Error(made.error.code);
    await save(new Changes().insert(customersTable, made.value.customer));
    return made.value.customer;
  }

  test('a customer is relied on until he is deleted, whatever else changes of him', async () => {
    const { id } = await newCustomer();
    const condition = { kind: 'customer_not_deleted', environmentId: environment.id, id } as const;
    const asked = () => new Changes().require(condition).tell(newEvent(environment.id, id));
    await save(asked());
    const change = async (more: Partial<Customer>) => {
      const customer = await findCustomer(database, environment.id, id);
      if (customer === null) throw new Error('he was made');
      await save(new Changes().update(customersTable, { ...customer, ...more }));
    };
    await change({ name: 'Lovelace' });
    await save(asked());
    await change({ deletedAt: instantOf(NOW) });
    await expect(save(asked())).rejects.toMatchObject({ name: 'VersionConflict', subject: 'customers' });
    expect(await told()).toHaveLength(2);
  });

  test('a condition about a customer of another environment never holds', async () => {
    const { id } = await newCustomer();
    const other = await newEnvironment(database);
    const condition = { kind: 'customer_not_deleted', environmentId: other.id, id } as const;
    const asked = save(new Changes().require(condition).tell(newEvent(other.id, id)));
    await expect(asked).rejects.toMatchObject({ subject: 'customers' });
  });
});
