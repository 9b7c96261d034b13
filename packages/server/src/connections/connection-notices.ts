import { type Connection, type ConnectionNotice, noticesOf, SEVERITY_ORDER } from '@tollbridge/core';
import type { Context } from '../context.js';
import { listAllConnections } from '../store/connections.js';
import { isEndpointSilent } from './endpoint-silent.js';

export interface NoticeOfConnection {
  readonly connection: Connection;
  readonly notice: ConnectionNotice;
}

/** What every page has to tell about the connections of an environment, the worst first (CON-8). */
export async function connectionNotices(context: Context, environmentId: string): Promise<NoticeOfConnection[]> {
  const notices: NoticeOfConnection[] = [];
  for (const connection of await listAllConnections(context.db, environmentId)) {
    const isSilent = await isEndpointSilent(context, connection);
    notices.push(...noticesOf(connection, { isSilent }).map((notice) => ({ connection, notice })));
  }
  return notices.sort((left, right) => SEVERITY_ORDER[left.notice.severity] - SEVERITY_ORDER[right.notice.severity]);
}
