import {
  type Connection,
  type ConnectionVerdict,
  changeConnectionStatus,
  type DomainEvent,
  type Instant,
  invariant,
} from '@tollbridge/core';
import type { Actor, Changes } from '../changes.js';
import type { Context } from '../context.js';
import { addDecided } from '../decided.js';
import { connectionToJson } from '../json/connection.js';
import { type ConnectionTransitionRow, connectionTransitionsTable } from '../store/connection-transitions.js';
import { connectionsTable } from '../store/connections.js';

export interface StatusSteps {
  readonly connection: Connection;
  readonly transitions: readonly ConnectionTransitionRow[];
  readonly events: readonly DomainEvent[];
}

/**
 * What a connection becomes when these things happened to it one after the other. A pair that the table of states does
 * not have is passed over: news about a connection that is lost already is no news.
 */
export function stepsOfStatus(
  context: Pick<Context, 'newId'>,
  connection: Connection,
  { verdicts, now }: { readonly verdicts: readonly ConnectionVerdict[]; readonly now: Instant },
): StatusSteps {
  let current = connection;
  const transitions: ConnectionTransitionRow[] = [];
  const events: DomainEvent[] = [];
  for (const { reason, message } of verdicts) {
    const decided = changeConnectionStatus(current, { reason, message, now });
    if (!decided.ok) continue;
    current = decided.value.connection;
    events.push(...decided.value.events);
    const { transition } = decided.value;
    if (transition === null) continue;
    transitions.push({
      environmentId: connection.environmentId,
      id: context.newId('connectionTransition'),
      connectionId: connection.id,
      fromStatus: transition.from,
      toStatus: transition.to,
      reason: transition.reason,
      message,
      occurredAt: transition.at,
    });
  }
  return { connection: current, transitions, events };
}

/** The rows and events of such steps, beside the connection's own row, which the caller writes. */
export function addStatusSteps(context: Context, changes: Changes, steps: StatusSteps): Changes {
  changes.insert(connectionTransitionsTable, ...steps.transitions);
  return addDecided(
    context,
    changes,
    steps.connection.environmentId,
    { postings: [], events: steps.events },
    (event) => {
      invariant(event.objectKind === 'connection', 'a step of a connection tells of the connection');
      return connectionToJson(steps.connection);
    },
  );
}

/** A changed connection with everything that follows from it, for what nobody asked for: Stripe or time did it. */
export function connectionChanged(
  context: Context,
  changes: Changes,
  { before, steps, actor }: { readonly before: Connection; readonly steps: StatusSteps; readonly actor: Actor['kind'] },
): Changes {
  changes.update(connectionsTable, steps.connection);
  if (steps.transitions.length > 0)
    changes.note({
      environmentId: before.environmentId,
      id: context.newId('auditEntry'),
      actor: { kind: actor, id: null, address: null, requestId: null },
      action: 'connection.status_changed',
      objectKind: 'connection',
      objectId: before.id,
      before: connectionToJson(before),
      after: connectionToJson(steps.connection),
    });
  return addStatusSteps(context, changes, steps);
}
