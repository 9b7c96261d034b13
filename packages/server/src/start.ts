import { randomBytes } from 'node:crypto';
import { formatId, ID_RANDOM_BYTES } from '@tollbridge/core';
import type { FastifyInstance } from 'fastify';
import { buildApp } from './api/app.js';
import { bootstrap } from './bootstrap.js';
import { realClock } from './clock.js';
import { readSettings, type Settings } from './config.js';
import type { Context } from './context.js';
import { JOB_BURIALS, JOB_HANDLERS } from './effects/index.js';
import { openHostClient } from './http/host-client.js';
import { JobsUnderWay, untilNoneUnderWay } from './jobs/jobs-under-way.js';
import { keepLeases } from './jobs/lease.js';
import { registerJobHandlers } from './jobs/run-job.js';
import { openLog } from './log.js';
import { SCHEDULES } from './schedules/index.js';
import { readEncryptionKeyFile } from './startup/encryption-key-file.js';
import { cannotListen, findFreePort } from './startup/free-port.js';
import { CannotStart, openDatabase, refuseHeldFolder, refuseUnusableFolder } from './startup/open-database.js';
import { prepareDatabase } from './startup/prepare-database.js';
import {
  launchSandbox,
  type SandboxOptions,
  type SandboxProcess,
  type WaitingSandbox,
} from './startup/sandbox-process.js';
import { openStripeGateway } from './stripe/gateway.js';
import { registerStripeEventHandlers } from './stripe-event-handlers.js';
import { STRIPE_EVENT_HANDLERS } from './stripe-events/index.js';
import { startWorker, type Worker } from './worker.js';

/** `all`: HTTP, worker and sandbox, what `npm start` does. `serve` and `work` are its halves, any number of each. */
export type Role = 'all' | 'serve' | 'work' | 'migrate';

export interface Started {
  readonly settings: Settings;
  /** The address people reach us at; null for a worker. */
  readonly url: string | null;
  readonly sandboxUrl: string;
  /** The first secret key, on the very first start only. */
  readonly firstSecret: string | null;
  stop(): Promise<void>;
}

/** What is under way may finish within this time when the program is asked to end. */
const GRACE_MILLISECONDS = 15_000;

/** Starts the program in a role. Errors: `SettingWrong` or `CannotStart`, each one sentence. */
export async function start(role: Role, variables: NodeJS.ProcessEnv): Promise<Started> {
  const read = readSettings(variables);
  if (role !== 'all' && read.databaseUrl === null)
    throw new CannotStart(
      `The role ${role} needs PostgreSQL: set DATABASE_URL. The embedded database serves one process.`,
    );
  // What can be refused is refused before anything is touched.
  refuseHeldFolder(read);
  if (role === 'all') refuseUnusableFolder(read);
  const settings = await withFreePorts(read, role);
  const log = openLog(settings.logLevel);
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    // It loads its code beside the database, because each takes a good part of a second, and begins only when nothing is wrong.
    const waiting = role === 'all' ? launchSandbox(sandboxOptions(settings, log)) : null;
    if (waiting !== null) closers.push(() => waiting.discard());
    const db = await openDatabase(settings);
    closers.push(() => db.close());
    const secrets = await prepareDatabase(db, { keys: keysOf(settings), randomBytes, now: realClock.machineNow() });
    const sandbox = waiting === null ? null : await beginSandbox(waiting, settings);
    if (sandbox !== null) closers.push(() => sandbox.stop());
    const sandboxUrl = sandbox?.url ?? `http://${SANDBOX_HOST}:${settings.sandboxPort}`;
    const context: Context = {
      db,
      clock: realClock,
      stripe: openStripeGateway({ sandboxUrl }),
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
    };
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
    return { settings, url, sandboxUrl, firstSecret, stop: close };
  } catch (error) {
    await close();
    throw error;
  }
}

const sandboxOptions = (settings: Settings, log: Context['log']): SandboxOptions => ({
  port: settings.sandboxPort,
  dataFolder: settings.dataFolder,
  onLost: (message) => log.error({}, message),
});

async function beginSandbox(waiting: WaitingSandbox, settings: Settings): Promise<SandboxProcess> {
  try {
    return await waiting.begin();
  } catch (error) {
    // Its port may have been taken since we looked: then our sentence names the setting, and the sandbox's own does not.
    await findFreePort({ ...sandboxPort(settings), looksMax: 1 });
    throw error;
  }
}

/** The keys of the setting, or the one in the data folder that this process holds by now. */
const keysOf = (settings: Settings) => (isNeeded: boolean) =>
  settings.encryptionKeys.length > 0
    ? settings.encryptionKeys
    : readEncryptionKeyFile({ dataFolder: settings.dataFolder, isNeeded, randomBytes });

const SANDBOX_HOST = '127.0.0.1';
/** Two seconds: a sandbox whose server was killed a moment ago holds its port until it notices. */
const SANDBOX_PORT_LOOKS_MAX = 20;

/**
 * Makes sure that we shall be able to listen. Port 0 asks for any free one; our own address must be known before Stripe
 * is told where to push.
 */
async function withFreePorts(settings: Settings, role: Role): Promise<Settings> {
  if (role !== 'all' && role !== 'serve') return settings;
  const port = await findFreePort({ ...ownPort(settings), looksMax: 1 });
  if (role === 'all') await findFreePort({ ...sandboxPort(settings), looksMax: SANDBOX_PORT_LOOKS_MAX });
  return { ...settings, port, publicUrl: settings.publicUrl.replace(/:0$/, `:${port}`) };
}

const ownPort = ({ host, port }: Settings) => ({ host, port, setting: 'TOLLBRIDGE_PORT' }) as const;
const sandboxPort = ({ sandboxPort: port }: Settings) =>
  ({ host: SANDBOX_HOST, port, setting: 'TOLLBRIDGE_SANDBOX_PORT' }) as const;

/** The HTTP server is closed first, so that nothing new comes in while the rest ends. */
async function listen(context: Context, closers: (() => Promise<void>)[]): Promise<string> {
  const app: FastifyInstance = await buildApp(context);
  const { host, port, publicUrl } = context.settings;
  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    throw cannotListen(error as NodeJS.ErrnoException, ownPort(context.settings));
  }
  closers.push(() => app.close());
  return publicUrl;
}
