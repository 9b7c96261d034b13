import { type Instant, MILLISECONDS_PER_DAY, MILLISECONDS_PER_SECOND } from '@tollbridge/core';
import { businessNow } from '../clock.js';
import type { Context } from '../context.js';
import { findEnvironment } from '../store/organizations.js';

/**
 * Before this, in seconds of Stripe's clock, nothing can have been made by what we began at `begunAt` of the machine's
 * clock: a day earlier, by whichever clock is behind, since an account of the sandbox goes by its environment's.
 */
export async function searchFloorSeconds(
  context: Context,
  { environmentId, begunAt }: { readonly environmentId: string; readonly begunAt: Instant },
): Promise<number> {
  const environment = await findEnvironment(context.db, environmentId);
  const machineNow = context.clock.machineNow();
  const now = environment === null ? machineNow : businessNow(context.clock, environment);
  const earliest = Math.min(begunAt, begunAt + (now - machineNow)) - MILLISECONDS_PER_DAY;
  return Math.floor(earliest / MILLISECONDS_PER_SECOND);
}
