import type { Noun } from '@tollbridge/core';
import type { Clock } from './clock.js';
import type { Settings } from './config.js';
import type { HostApplications } from './host-applications.js';
import type { JobsUnderWay } from './jobs/jobs-under-way.js';
import type { Logger } from './log.js';
import type { SecretBox } from './secret-box.js';
import type { Database } from './store/database.js';
import type { StripeGateway } from './stripe/gateway.js';

/**
 * Everything a door needs from the world, and the only way to it: the first argument of every action, handler, tick and
 * effect. The simulation hands in its own of each.
 */
export interface Context {
  readonly db: Database;
  readonly clock: Clock;
  readonly stripe: StripeGateway;
  /** The host applications that listen to our webhooks. */
  readonly hosts: HostApplications;
  readonly secrets: SecretBox;
  readonly settings: Settings;
  readonly log: Logger;
  /** What this process is doing of the work table at present. */
  readonly underWay: JobsUnderWay;
  newId(noun: Noun): string;
  /** Random bytes, for tokens and secrets. */
  randomBytes(count: number): Uint8Array;
  /** Runs a piece of work beside the current one; what it throws is logged. The simulation decides when it goes on. */
  spawn(name: string, work: () => Promise<void>): void;
}
