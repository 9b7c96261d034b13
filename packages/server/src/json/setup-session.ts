import { type Instant, isoFromInstant, type SetupSession } from '@tollbridge/core';

/** Stripe says nothing when a page runs out; from its last moment on it is told as `expired`. */
export const setupSessionToJson = (session: SetupSession, now: Instant) => ({
  object: 'setup_session' as const,
  id: session.id,
  customer_id: session.customerId,
  connection_id: session.connectionId,
  status: statusAt(session, now),
  url: statusAt(session, now) === 'open' ? session.url : null,
  return_url: session.returnUrl,
  cancel_url: session.cancelUrl,
  expires_at: session.expiresAt === null ? null : isoFromInstant(session.expiresAt),
  error:
    session.error === null
      ? null
      : { code: session.error.code, message: session.error.message, request_id: session.error.requestId },
  created_at: isoFromInstant(session.createdAt),
});

function statusAt(session: SetupSession, now: Instant): SetupSession['status'] | 'expired' {
  const isOver = session.status === 'open' && session.expiresAt !== null && session.expiresAt <= now;
  return isOver ? 'expired' : session.status;
}
