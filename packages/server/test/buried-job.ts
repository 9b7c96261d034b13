import type { JobKind } from '@tollbridge/server/changes';
import { JOB_BURIALS, JOB_HANDLERS } from '@tollbridge/server/effects/index';
import { registerJobHandlers } from '@tollbridge/server/jobs/run-job';
import type { World } from '@tollbridge/simulation';

const HOUR = 3_600_000;

/** The ways in which a job of any kind becomes a dead letter, each as the queue itself goes it. */
export const WAYS_TO_DIE = ['that meets a fault of ours each time', 'none of whose attempts came to an end'] as const;
/** Silence uses up the attempts of what waits for an answer, unless it may never be given up. */
export const WAYS_TO_DIE_OF_SILENCE = [...WAYS_TO_DIE, 'that is never answered'] as const;
export type WayToDie = (typeof WAYS_TO_DIE_OF_SILENCE)[number];

/** The waiting job of this kind dies; what keeps its answers from it must last until then. */
export async function dies(world: World, kind: JobKind, way: WayToDie): Promise<void> {
  const isLapse = way === 'none of whose attempts came to an end';
  // Left by its last worker, which was killed over it, or just before its last attempt.
  const standing = isLapse
    ? "attempts = attempts_max, lapses = attempts_max - 1, lease_token = 'gone', lease_until = $2"
    : 'attempts = attempts_max - 1, due_at = $2';
  const rows = await world.context.db.query({
    text: `update jobs set ${standing} where kind = $1 and dead_at is null and not blocked returning id`,
    values: [kind, new Date(world.clock.machineNow()).toISOString()],
  });
  if (rows.length !== 1) throw new Error(`${rows.length} jobs of the kind ${kind} wait, and one is to die`);
  if (way === 'that meets a fault of ours each time') registerJobHandlers(withFault(kind), JOB_BURIALS);
  await (isLapse ? world.advance(60_000) : world.quiet());
  registerJobHandlers(JOB_HANDLERS, JOB_BURIALS);
}

const withFault = (kind: JobKind) =>
  new Map([
    ...JOB_HANDLERS,
    [
      kind,
      async () => {
        throw new Error('a fault of ours');
      },
    ] as const,
  ]);

export const deadKinds = async (world: World): Promise<unknown[]> => {
  const { body } = await world.request('GET', '/v1/dead_letters?limit=100');
  return body.data.map(({ kind }: { readonly kind: string }) => kind);
};

/** Long enough for whatever takes up by itself what a dead letter left. */
export const untilNetsHavePassed = (world: World): Promise<void> => world.advance(2 * HOUR, 5 * 60_000);
