import { randomBytes } from 'node:crypto';
import type { Assembled } from './assemble.js';
import { realClock } from './clock.js';
import { readSettings, type Settings } from './config.js';
import { type Logger, openLog } from './log.js';
import type { Role } from './role.js';
import { readEncryptionKeyFile } from './startup/encryption-key-file.js';
import { findFreePort } from './startup/free-port.js';
import { CannotStart, openDatabase, refuseHeldFolder, refuseUnusableFolder } from './startup/open-database.js';
import { prepareDatabase } from './startup/prepare-database.js';
import { refuseMissingPlatform } from './startup/refuse-missing-platform.js';
import {
  launchSandbox,
  type SandboxOptions,
  type SandboxProcess,
  type WaitingSandbox,
} from './startup/sandbox-process.js';

export interface Started extends Assembled {
  readonly settings: Settings;
  readonly sandboxUrl: string;
  stop(): Promise<void>;
}

/**
 * Starts the program in a role. What it imports is what refuses and opens; the rest of the code is loaded beside the
 * database and the sandbox. Errors: `SettingWrong` or `CannotStart`, each one sentence.
 */
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
    const program = import('./assemble.js');
    // Awaited below; what keeps the database from opening is told before.
    program.catch(() => {});
    const db = await openDatabase(settings, log);
    closers.push(() => db.close());
    const secrets = await prepareDatabase(db, { keys: keysOf(settings), randomBytes, now: realClock.machineNow() });
    if (role !== 'migrate') await refuseMissingPlatform(db, settings);
    const sandbox = waiting === null ? null : await beginSandbox(waiting, settings);
    if (sandbox !== null) closers.push(() => sandbox.stop());
    const sandboxUrl = sandbox?.url ?? `http://${SANDBOX_HOST}:${settings.sandboxPort}`;
    const { assemble } = await program;
    const assembled = await assemble({ role, db, secrets, settings, log, sandboxUrl, closers });
    return { ...assembled, settings, sandboxUrl, stop: close };
  } catch (error) {
    await close();
    throw error;
  }
}

const sandboxOptions = (settings: Settings, log: Logger): SandboxOptions => ({
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
