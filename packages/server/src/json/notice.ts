import { type Connection, type ConnectionNotice, isoFromInstant } from '@tollbridge/core';

const isoOrNull = (at: Parameters<typeof isoFromInstant>[0] | null) => (at === null ? null : isoFromInstant(at));

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
