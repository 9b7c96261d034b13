import { type Connection, err, isPartedWith, nextActionOf, ok, type Result } from '@tollbridge/core';
import { type Answer, asked, type Command, type Decision } from '../asked.js';
import { Changes } from '../changes.js';
import { connectionCard } from '../connections/connection-card.js';
import { addStatusSteps, stepsOfStatus } from '../connections/connection-changes.js';
import { endConnectionJob } from '../connections/connection-jobs.js';
import type { Context } from '../context.js';
import { connectionToJson } from '../json/connection.js';
import { disconnectPreviewToJson } from '../json/disconnect-preview.js';
import { leasedHere, performJob } from '../perform.js';
import { type Problem, problem } from '../problem.js';
import { connectionsTable, findConnection } from '../store/connections.js';
import { findWhatStops } from '../store/what-stops.js';

/** What disconnecting would stop, and the word that confirms it (CON-7). */
export async function previewDisconnect(
  context: Context,
  environmentId: string,
  id: string,
): Promise<Result<ReturnType<typeof disconnectPreviewToJson>, Problem>> {
  const connection = await findConnection(context.db, environmentId, id);
  if (connection === null) return err(problem('not_found', 'There is no such connection.'));
  const refused = refusalOf(connection);
  if (refused !== null) return err(refused);
  return ok(disconnectPreviewToJson(connection, await findWhatStops(context.db, connection)));
}

/**
 * Parts with a connection (CON-7). From this commit on nothing new is asked of Stripe through it; when what was under way
 * has ended, the last call goes out: by key our endpoint at Stripe is removed and the keys are erased, and a key of the same
 * account brings it back; an account that our platform made is closed, for good. 202 while that has not come to its end.
 */
export function disconnectConnection(
  context: Context,
  command: Command,
  input: { readonly id: string; readonly confirm: string | null },
): Promise<Result<Answer, Problem>> {
  let jobLease: string | null = null;
  const environmentId = command.environment.id;
  return asked(context, command, {
    async decide() {
      const before = await findConnection(context.db, environmentId, input.id);
      if (before === null) return err(problem('not_found', 'There is no such connection.'));
      const refused = refusalOf(before) ?? (input.confirm === before.code ? null : confirmationNeeded(before));
      if (refused !== null) return err(refused);
      const decision = decideEnd(context, before);
      jobLease = decision.changes.jobs[0]?.lease?.token ?? null;
      return ok(decision);
    },
    async resume(jobId) {
      const performed = await performJob(context, { environmentId, jobId, token: jobLease });
      const connection = await findConnection(context.db, environmentId, input.id);
      if (connection === null) return err(problem('not_found', 'The connection was removed meanwhile.'));
      return ok({ status: performed.kind === 'waiting' ? 202 : 200, body: await connectionCard(context, connection) });
    },
  });
}

const refusalOf = (connection: Connection): Problem | null =>
  isPartedWith(connection)
    ? problem('connection_disconnected_already', `It is disconnected. ${nextActionOf(connection)}`)
    : null;

const confirmationNeeded = ({ code }: Connection): Problem =>
  problem('connection_confirmation_needed', `Send its code, "${code}", as "confirm". Nothing was changed.`, {
    param: 'confirm',
  });

function decideEnd(context: Context, before: Connection): Decision {
  const verdicts = [{ reason: 'disconnected_by_operator' as const, message: null }];
  const steps = stepsOfStatus(context, before, { verdicts, now: context.clock.machineNow() });
  const job = leasedHere(context, endConnectionJob(context, before));
  const changes = new Changes().update(connectionsTable, steps.connection).enqueue(job);
  addStatusSteps(context, changes, steps);
  const entry = { objectKind: 'connection', objectId: before.id, before: connectionToJson(before) };
  return {
    changes,
    audit: [{ action: 'connection.disconnected', ...entry, after: connectionToJson(steps.connection) }],
    outcome: { resumeWith: job.id },
  };
}
