import { err, ok, type Result } from '@tollbridge/core';
import { type Answer, asked, type Command } from '../asked.js';
import { Changes } from '../changes.js';
import { connectionCard } from '../connections/connection-card.js';
import { checkConnectionJob } from '../connections/connection-jobs.js';
import { connectionLost } from '../connections/connection-problems.js';
import type { Context } from '../context.js';
import { leasedHere, performJob } from '../perform.js';
import { type Problem, problem } from '../problem.js';
import { findConnection } from '../store/connections.js';

/** Looks at the connection anew, now, and shows what came of it; 202 when Stripe does not answer in time. */
export function checkConnection(context: Context, command: Command, id: string): Promise<Result<Answer, Problem>> {
  let jobLease: string | null = null;
  const environmentId = command.environment.id;
  return asked(context, command, {
    async decide() {
      const connection = await findConnection(context.db, environmentId, id);
      if (connection === null) return err(problem('not_found', 'There is no such connection.'));
      if (connection.status === 'disconnected') return err(connectionLost(connection));
      const job = leasedHere(context, checkConnectionJob(context, connection));
      jobLease = job.lease?.token ?? null;
      const entry = { objectKind: 'connection', objectId: id, before: null, after: null };
      return ok({
        changes: new Changes().enqueue(job),
        audit: [{ action: 'connection.check_asked', ...entry }],
        outcome: { resumeWith: job.id },
      });
    },
    async resume(jobId) {
      const performed = await performJob(context, { environmentId, jobId, token: jobLease });
      const connection = await findConnection(context.db, environmentId, id);
      if (connection === null) return err(problem('not_found', 'The connection was removed meanwhile.'));
      const status = performed.kind === 'waiting' ? 202 : 200;
      return ok({ status, body: await connectionCard(context, connection) });
    },
  });
}
