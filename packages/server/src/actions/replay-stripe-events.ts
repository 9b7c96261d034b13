import { err, ok, type Result } from '@tollbridge/core';
import { type Answer, asked, type Command } from '../asked.js';
import { Changes } from '../changes.js';
import { applyStripeEventJob } from '../connections/stripe-inbox.js';
import type { Context } from '../context.js';
import { stripeEventToJson } from '../json/stripe-event.js';
import { type Problem, problem } from '../problem.js';
import {
  findStripeEvent,
  listStripeEventsToReplay,
  type StripeEventRow,
  type StripeEventStatus,
  stripeEventsTable,
} from '../store/stripe-events.js';
import { stripeEventHandlerOf } from '../stripe-event-handlers.js';

/** How many events one call puts back to work; the answer says whether there are more. */
export const REPLAY_BATCH_MAX = 500;

/** Has one event applied again, whatever came of it before (EVT-4). */
export function replayStripeEvent(context: Context, command: Command, id: string): Promise<Result<Answer, Problem>> {
  return asked(context, command, {
    async decide() {
      const row = await findStripeEvent(context.db, command.environment.id, id);
      if (row === null) return err(problem('not_found', 'There is no such event.'));
      if (row.status === 'pending') return err(problem('stripe_event_pending', 'The event still waits for its turn.'));
      const changes = new Changes();
      const again = replay(context, changes, row);
      const entry = {
        objectKind: 'stripe_event',
        objectId: id,
        before: stripeEventToJson(row),
        after: stripeEventToJson(again),
      };
      return ok({
        changes,
        audit: [{ action: 'stripe_event.replayed', ...entry }],
        outcome: { answer: { status: 200, body: stripeEventToJson(again) } },
      });
    },
  });
}

export interface ReplayInput {
  readonly status: Exclude<StripeEventStatus, 'pending'>;
  readonly type: string | null;
}

/** Has all events of a status, or of a status and type, applied again: the oldest first, a batch a call. */
export function replayStripeEvents(
  context: Context,
  command: Command,
  input: ReplayInput,
): Promise<Result<Answer, Problem>> {
  return asked(context, command, {
    async decide() {
      const limit = REPLAY_BATCH_MAX + 1;
      const found = await listStripeEventsToReplay(context.db, command.environment.id, { ...input, limit });
      const changes = new Changes();
      const rows = found.slice(0, REPLAY_BATCH_MAX).filter((row) => stripeEventHandlerOf(row.type) !== null);
      for (const row of rows) replay(context, changes, row);
      const after = { status: input.status, type: input.type, replayed: rows.length };
      return ok({
        changes,
        audit: [
          {
            action: 'stripe_events.replayed',
            objectKind: 'environment',
            objectId: command.environment.id,
            before: null,
            after,
          },
        ],
        outcome: {
          answer: {
            status: 200,
            body: { object: 'stripe_event_replay', replayed: rows.length, has_more: found.length > REPLAY_BATCH_MAX },
          },
        },
      });
    },
  });
}

function replay(context: Context, changes: Changes, row: StripeEventRow): StripeEventRow {
  const again: StripeEventRow = { ...row, status: 'pending', attempts: 0, lastError: null, processedAt: null };
  changes.update(stripeEventsTable, again).enqueue(applyStripeEventJob(context, row));
  return again;
}
