import { randomBytes } from 'node:crypto';
import { formatId, ID_RANDOM_BYTES } from '@tollbridge/core';
import { buildApp } from './api/app.js';
import { bootstrap } from './bootstrap.js';
import { realClock } from './clock.js';
import type { Settings } from './config.js';
import type { Context } from './context.js';
import { JOB_BURIALS, JOB_HANDLERS } from './effects/index.js';
import { openHostClient } from './http/host-client.js';
import { JobsUnderWay, untilNoneUnderWay } from './jobs/jobs-under-way.js';
import { keepLeases } from './jobs/lease.js';
import { registerJobHandlers } from './jobs/run-job.js';
import type { Role } from './role.js';
import { SCHEDULES } from './schedules/index.js';
import { cannotListen } from './startup/free-port.js';
import { gathered } from './store/gathered.js';
import type { StripeGateway } from './stripe/gateway.js';
import { type LateGateway, openLateGateway } from './stripe/late-gateway.js';
import { registerStripeEventHandlers } from './stripe-event-handlers.js';
import { STRIPE_EVENT_HANDLERS } from './stripe-events/index.js';
import { startWorker, type Worker } from './worker.js';

/** What `start.ts` has opened and made sure of. */
export interface Opened extends Pick<Context, 'db' | 'secrets' | 'settings' | 'log'> {
  readonly role: Role;
  readonly sandboxUrl: string;
  /** What ends with the program, the last first; what is begun here is added. */
  readonly closers: (() => Promise<void>)[];
}

export interface Assembled {
  /** Null for a worker, which listens nowhere. */
  readonly url: string | null;
  /** The first secret key, on the very first start only. */
  readonly firstSecret: string | null;
}

/** What is under way may finish within this time when the program is asked to end. */
const GRACE_MILLISECONDS = 15_000;
/** So long after a start nobody waits for it any more. */
const LOAD_SDK_AFTER_MILLISECONDS = 1_000;

/** Puts the program together on an open database, and lets it begin. Errors: `CannotStart` when its port is taken. */
export async function assemble(opened: Opened): Promise<Assembled> {
  const { role, closers } = opened;
  const stripe = openLateGateway({ sandboxUrl: opened.sandboxUrl });
  const context = contextOf(opened, stripe);
  registerJobHandlers(JOB_HANDLERS, JOB_BURIALS);
  registerStripeEventHandlers(STRIPE_EVENT_HANDLERS);
  let worker: Worker | null = null;
  const stopKeeping = keepLeases(context);
  // After the last job has ended, or has had its time to.
  closers.push(async () => stopKeeping());
  closers.push(
    () => worker?.stop(GRACE_MILLISECONDS) ?? untilNoneUnderWay(context.underWay, realClock, GRACE_MILLISECONDS),
  );
  const url = role === 'all' || role === 'serve' ? await listen(context, closers) : null;
  // Only now, when nothing can fail any more: the first secret is shown once, and not lost with a start that failed.
  const firstSecret = role === 'migrate' ? null : await bootstrap(context);
  if (role === 'all' || role === 'work') worker = startWorker(context, SCHEDULES);
  if (role !== 'migrate') loadSdkSoon(context, stripe);
  return { url, firstSecret };
}

/** Also when nobody asks: an upgrade takes its files away under a process that still runs. */
function loadSdkSoon({ clock, spawn }: Context, stripe: LateGateway): void {
  clock.after(LOAD_SDK_AFTER_MILLISECONDS, () => spawn("loading Stripe's SDK", () => stripe.load()));
}

const contextOf = ({ db, secrets, settings, log }: Opened, stripe: StripeGateway): Context => ({
  db: gathered(db),
  clock: realClock,
  stripe,
  hosts: openHostClient(),
  secrets,
  settings,
  log,
  underWay: new JobsUnderWay(),
  newId: (noun) => formatId(noun, randomBytes(ID_RANDOM_BYTES)),
  randomBytes,
  spawn: (name, work) => {
    work().catch((error: unknown) => log.error({ error }, `${name} failed`));
  },
});

/** The HTTP server is closed first, so that nothing new comes in while the rest ends. */
async function listen(context: Context, closers: Opened['closers']): Promise<string> {
  const app = await buildApp(context);
  const { host, port, publicUrl }: Settings = context.settings;
  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    throw cannotListen(error as NodeJS.ErrnoException, { host, port, setting: 'TOLLBRIDGE_PORT' });
  }
  closers.push(() => app.close());
  return publicUrl;
}
