import { addMilliseconds, formatId, ID_RANDOM_BYTES, type Instant, instantOf, type Noun } from '@tollbridge/core';
import { Changes, type JobKind, type Lane, type NewEvent, type NewJob } from '@tollbridge/server/changes';
import { commit } from '@tollbridge/server/store/commit';
import type { Database, Statement } from '@tollbridge/server/store/database';
import { type Environment, environmentsTable, organizationsTable } from '@tollbridge/server/store/organizations';
import { SeededRandom } from '@tollbridge/simulation';

/** What the tests of the store and the queue stand on: an environment, and rows to put into it. */
export const NOW: Instant = instantOf(Date.parse('2027-03-01T09:00:00Z'));

const random = new SeededRandom(20_270_301);
export const newId = (noun: Noun): string => formatId(noun, random.bytes(ID_RANDOM_BYTES));
export const after = (milliseconds: number): Instant => addMilliseconds(NOW, milliseconds);

/** An organization with as many test environments as asked for. */
export async function newEnvironments(database: Database, count: number): Promise<Environment[]> {
  const organizationId = newId('organization');
  const organization = { id: organizationId, name: 'Ground', isFirst: false, createdAt: NOW, version: 1 };
  const environments = Array.from({ length: count }, (_, index) => environmentOf(organizationId, `Test ${index}`));
  const changes = new Changes().insert(organizationsTable, organization).insert(environmentsTable, ...environments);
  await commit(database, changes, NOW);
  return environments;
}

export async function newEnvironment(database: Database): Promise<Environment> {
  const [environment] = await newEnvironments(database, 1);
  if (environment === undefined) throw new Error('one environment was asked for');
  return environment;
}

const environmentOf = (organizationId: string, name: string): Environment => ({
  id: newId('environment'),
  organizationId,
  kind: 'test',
  name,
  clockMode: 'real',
  clockOffsetMilliseconds: 0n,
  clockFrozenAt: null,
  allowPrivateWebhookUrls: false,
  createdAt: NOW,
  deletedAt: null,
  version: 1,
});

/** A kind that the product does not have: what is done of it is the test's own. */
const KIND_OF_THE_TEST: string = 'try_things';

export function newJob(environmentId: string, more: Partial<NewJob> = {}): NewJob {
  const lane: Lane = 'money';
  return {
    environmentId,
    id: newId('job'),
    lane,
    kind: KIND_OF_THE_TEST as JobKind,
    key: null,
    dedupeKey: null,
    connectionId: null,
    payload: {},
    dueAt: NOW,
    attemptsMax: 5,
    lease: null,
    ...more,
  };
}

export const newEvent = (environmentId: string, objectId: string, type = 'thing.changed'): NewEvent => ({
  environmentId,
  id: newId('event'),
  type,
  objectKind: 'thing',
  objectId,
  data: { object: { id: objectId } },
});

export async function enqueue(database: Database, ...jobs: readonly NewJob[]): Promise<void> {
  await commit(database, new Changes().enqueue(...jobs), NOW);
}

/** The same database, with every statement counted. */
export function counted(database: Database): { database: Database; statements: Statement[] } {
  const statements: Statement[] = [];
  const query = (statement: Statement) => {
    statements.push(statement);
    return database.query(statement);
  };
  return { statements, database: { ...facesOf(database), query } };
}

const facesOf = (database: Database): Database => ({
  kind: database.kind,
  query: (statement) => database.query(statement),
  script: (sql) => database.script(sql),
  onWork: (wake) => database.onWork(wake),
  close: () => database.close(),
});
