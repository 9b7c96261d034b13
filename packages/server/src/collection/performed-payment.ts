import { invariant, ok, type Result } from '@tollbridge/core';
import type { Answer, Command } from '../asked.js';
import type { Context } from '../context.js';
import { paymentToJson } from '../json/payment.js';
import { performJob } from '../perform.js';
import type { Problem } from '../problem.js';
import { findPayment } from '../store/payments.js';

/** Performs the job of an attempt that a request has committed to, and answers with the attempt as it stands then. */
export async function performedPayment(
  context: Context,
  command: Command,
  resourceId: string,
): Promise<Result<Answer, Problem>> {
  const environmentId = command.environment.id;
  const [paymentId = '', jobId = '', token = ''] = resourceId.split(' ');
  const performed = await performJob(context, { environmentId, jobId, token });
  const payment = await findPayment(context.db, environmentId, paymentId);
  invariant(payment !== null, 'an attempt that was committed to is never deleted');
  return ok({ status: performed.kind === 'waiting' ? 202 : 200, body: paymentToJson(payment) });
}
