import type { Instant } from '@tollbridge/core';
import type { Lane } from '../changes.js';
import type { Clock } from '../clock.js';
import type { PlacesTaken } from './claim-jobs.js';
import type { Job } from './queue.js';

/** A job this process is doing: the worker in one of its lane's places, or a request for the person who waits for it. */
export interface JobUnderWay {
  readonly job: Job;
  readonly by: 'worker' | 'request';
  readonly begunAt: Instant;
}

/** Everything this process is doing of the work table, whoever began it. */
export class JobsUnderWay {
  /** Those that hang: they may still be going on, but their leases are kept no longer. */
  readonly #letGo = new Set<JobUnderWay>();
  /** Until when each is ours, as far as we know; what is somebody else's by now is not among them. */
  readonly #leases = new Map<JobUnderWay, Instant>();
  readonly #listeners: (() => void)[] = [];

  begin(underWay: JobUnderWay): void {
    this.#leases.set(underWay, underWay.job.leaseUntil);
  }

  end(underWay: JobUnderWay): void {
    this.#letGo.delete(underWay);
    this.#leases.delete(underWay);
    for (const listener of this.#listeners) listener();
  }

  /** Calls back whenever a job has ended. */
  onEnd(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Places of a lane that the worker has taken; a request needs none, and what was let go has none. */
  countOfWorker(lane: Lane): number {
    return this.held.filter(({ by, job }) => by === 'worker' && job.lane === lane).length;
  }

  /** The same places by whose work is in them. */
  placesOfWorker(lane: Lane): PlacesTaken[] {
    const taken = new Map<string, PlacesTaken>();
    for (const { by, job } of this.held) {
      if (by !== 'worker' || job.lane !== lane) continue;
      const { environmentId, source } = job;
      const key = `${environmentId} ${source}`;
      taken.set(key, { environmentId, source, places: (taken.get(key)?.places ?? 0) + 1 });
    }
    return [...taken.values()];
  }

  /** What is to stay ours. */
  get held(): JobUnderWay[] {
    return [...this.#leases.keys()].filter((underWay) => !this.#letGo.has(underWay));
  }

  /** Its lease was renewed; one that has ended meanwhile needs none. */
  renewed(underWay: JobUnderWay, until: Instant): void {
    if (this.#leases.has(underWay)) this.#leases.set(underWay, until);
  }

  /** It is somebody else's by now: its place is free, and whoever did it here reaches nobody any more. */
  lost(underWay: JobUnderWay): void {
    this.#leases.delete(underWay);
  }

  /** Whether it is certainly ours: once its lease has run out, anybody may have taken it. */
  isOurs(underWay: JobUnderWay, now: Instant): boolean {
    const until = this.#leases.get(underWay);
    return until !== undefined && until > now;
  }

  /** Lets go what was begun before a moment. Gives what it let go only now. */
  letGoBegunBefore(moment: Instant): JobUnderWay[] {
    const hanging = this.held.filter(({ begunAt }) => begunAt < moment);
    for (const underWay of hanging) this.#letGo.add(underWay);
    return hanging;
  }
}

const LOOK_MILLISECONDS = 20;

/**
 * Waits until nothing of the work table that is ours is under way here any more, at most so long: for a process that is to
 * end. What was let go or lost is another's to do, and is not waited for.
 */
export async function untilNoneUnderWay(jobs: JobsUnderWay, clock: Clock, graceMilliseconds: number): Promise<void> {
  const deadline = clock.machineNow() + graceMilliseconds;
  while (jobs.held.length > 0 && clock.machineNow() < deadline)
    await new Promise<void>((resolve) => {
      clock.after(LOOK_MILLISECONDS, resolve);
    });
}
