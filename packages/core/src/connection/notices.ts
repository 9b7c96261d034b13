import type { Instant } from '../time/instant.js';
import { mayCollect } from './capabilities.js';
import type { Connection } from './connection.js';
import { nextActionOf } from './next-action.js';
import { CONNECTION_REASONS, isLoss } from './states.js';

/** `critical`: money does not come in, or soon will not be heard of. `warning`: it still does, and somebody has to act. */
export type NoticeSeverity = 'critical' | 'warning';

export type NoticeCode = 'connection_lost' | 'connection_trouble' | 'details_wanted' | 'endpoint_silent';

/** Something about a connection that whoever looks at any page has to know (CON-8). */
export interface ConnectionNotice {
  readonly code: NoticeCode;
  readonly severity: NoticeSeverity;
  readonly sentence: string;
  readonly nextAction: string | null;
  /** Since when it stands so; null when that is not known. */
  readonly since: Instant | null;
  /** From when on Stripe may stop payments; null when nothing has a date. */
  readonly deadlineAt: Instant | null;
}

/**
 * What is to be told about a connection on every page, the worst first. What somebody of the organization chose, such as
 * switching it off or parting with it, is no notice, and neither is an account that Stripe has not told of yet.
 * `isSilent`: its webhook endpoint does not bring what polling finds.
 *
 * Errors: none.
 */
export function noticesOf(connection: Connection, { isSilent }: { readonly isSilent: boolean }): ConnectionNotice[] {
  // Nothing is less bad than an endpoint that is not reached.
  return [...statusNotice(connection), ...(isSilent ? silentNotice(connection) : [])];
}

/** For notices of several connections: the worst first. */
export const SEVERITY_ORDER: Readonly<Record<NoticeSeverity, number>> = { critical: 0, warning: 1 };

function statusNotice(connection: Connection): ConnectionNotice[] {
  const { status, reason, statusMessage, statusChangedAt, deadlineAt } = connection;
  const said = statusMessage === null ? '' : ` ${statusMessage}`;
  const notice = {
    sentence: `${CONNECTION_REASONS[reason].sentence}${said}`,
    nextAction: nextActionOf(connection),
    since: statusChangedAt,
    deadlineAt: null,
  };
  if (status === 'disconnected')
    return isLoss(reason) ? [{ ...notice, code: 'connection_lost', severity: 'critical' }] : [];
  if (status === 'error') return [{ ...notice, code: 'connection_trouble', severity: 'critical' }];
  if (status !== 'in_progress') return [];
  // The switch is somebody's own doing; whether Stripe takes the money is what counts here.
  const takesMoney = mayCollect({ ...connection, enabled: true }).ok;
  return [{ ...notice, code: 'details_wanted', severity: takesMoney ? 'warning' : 'critical', deadlineAt }];
}

function silentNotice({ status, lastPushAt }: Connection): ConnectionNotice[] {
  if (status === 'disconnected') return [];
  return [
    {
      code: 'endpoint_silent',
      severity: 'warning',
      sentence: 'Stripe does not reach the webhook endpoint: its events are polled, and come a little later.',
      nextAction:
        'Look whether the address on the card can be reached from outside, and whether the endpoint is on in Stripe.',
      since: lastPushAt,
      deadlineAt: null,
    },
  ];
}
