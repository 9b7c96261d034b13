import type { Connection, ConnectionNotice } from '@tollbridge/core';
import { isoOrNull } from './instant.js';

/** What stands on every page until somebody has seen to it. */
export const noticeToJson = ({
  connection,
  notice,
}: {
  readonly connection: Pick<Connection, 'id' | 'code' | 'reason'>;
  readonly notice: ConnectionNotice;
}) => ({
  object: 'notice' as const,
  code: notice.code,
  severity: notice.severity,
  connection_id: connection.id,
  connection_code: connection.code,
  reason: connection.reason,
  sentence: notice.sentence,
  next_action: notice.nextAction,
  since: isoOrNull(notice.since),
  deadline_at: isoOrNull(notice.deadlineAt),
});
