import type { Instant } from '@tollbridge/core';
import { bigint, instant, json, text } from './column.js';
import type { Database } from './database.js';
import { type Condition, type Page, type PageRequest, pageOf } from './pages.js';
import { fromRow, selectList, table } from './table.js';

/** What happened, as the host application is told of it. Written by `commit` alone, which also gives the number. */
export interface HostEvent {
  readonly environmentId: string;
  readonly id: string;
  readonly type: string;
  readonly objectKind: string;
  readonly objectId: string;
  /** Counts the events of one object from 1 without gaps. */
  readonly sequence: bigint;
  readonly data: unknown;
  readonly createdAt: Instant;
}

export const eventsTable = table<HostEvent>(
  'events',
  {
    environmentId: text(),
    id: text(),
    type: text(),
    objectKind: text(),
    objectId: text(),
    sequence: bigint(),
    data: json<unknown>(),
    createdAt: instant(),
  },
  { key: ['environmentId', 'id'], versioned: false },
);

export async function findEvent(database: Database, environmentId: string, id: string): Promise<HostEvent | null> {
  const [row] = await database.query({
    name: 'find_event',
    text: `select ${selectList(eventsTable)} from events where environment_id = $1 and id = $2`,
    values: [environmentId, id],
  });
  return row === undefined ? null : fromRow(eventsTable, row);
}

export interface EventFilter {
  readonly type: string | null;
  readonly objectId: string | null;
}

export async function listEvents(
  database: Database,
  environmentId: string,
  filter: EventFilter,
  request: PageRequest,
): Promise<Page<HostEvent> | null> {
  const conditions: Condition[] = [];
  if (filter.type !== null) conditions.push({ sql: 't.type = $?', value: filter.type });
  if (filter.objectId !== null) conditions.push({ sql: 't.object_id = $?', value: filter.objectId });
  return pageOf(database, eventsTable, { environmentId, request, conditions });
}
