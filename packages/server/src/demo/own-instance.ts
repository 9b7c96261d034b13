import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openThrowawayDatabase } from '../startup/throwaway-database.js';

/** An instance of the program that the demo has to itself. */
export interface Instance {
  readonly apiUrl: string;
  readonly sandboxUrl: string;
  /** The first secret key, as it is printed at the first start. */
  readonly secretKey: string;
  readonly databaseName: string;
  readonly startedInMilliseconds: number;
  stop(): Promise<void>;
}

const START_TIMEOUT_MILLISECONDS = 30_000;
const STOP_TIMEOUT_MILLISECONDS = 20_000;

/** Starts the program as anybody would, with a data folder, ports and a database of its own, and reads what it prints. */
export async function startOwnInstance(): Promise<Instance> {
  const folder = await mkdtemp(join(tmpdir(), 'tollbridge-demo-'));
  const database = await openThrowawayDatabase(process.env.DATABASE_URL);
  const program = join(dirname(fileURLToPath(import.meta.url)), '../program/main.js');
  const child = spawn(process.execPath, [program], {
    env: {
      ...withoutSettings(process.env),
      TOLLBRIDGE_PORT: '0',
      TOLLBRIDGE_SANDBOX_PORT: '0',
      TOLLBRIDGE_DATA_DIR: folder,
      TOLLBRIDGE_LOG_LEVEL: 'error',
      ...(database === null
        ? {}
        : { DATABASE_URL: database.url, TOLLBRIDGE_ENCRYPTION_KEY: randomBytes(32).toString('hex') }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = async () => {
    await end(child);
    await database?.drop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const begun = performance.now();
    const printed = await readUntilReady(child);
    return {
      ...addressesIn(printed),
      databaseName: database === null ? 'the embedded database' : 'PostgreSQL',
      startedInMilliseconds: Math.round(performance.now() - begun),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The settings of the caller's own installation are none of the demo's business. */
function withoutSettings(variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = /^(TOLLBRIDGE_|STRIPE_|DATABASE_URL$|SMTP_URL$)/;
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !own.test(name)));
}

function readUntilReady(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = '';
    const timer = setTimeout(() => fail('it did not say that it is ready'), START_TIMEOUT_MILLISECONDS);
    const fail = (reason: string) => {
      clearTimeout(timer);
      reject(new Error(`The instance did not start (${reason}): ${printed.trim()}`));
    };
    child.stdout?.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      if (!/Secret key +tb_\S+/.test(printed)) return;
      clearTimeout(timer);
      resolve(printed);
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
    child.once('exit', () => fail('it ended'));
  });
}

function addressesIn(printed: string): { apiUrl: string; sandboxUrl: string; secretKey: string } {
  const found = (pattern: RegExp): string => {
    const [, text] = pattern.exec(printed) ?? [];
    if (text === undefined) throw new Error(`The instance did not print what was looked for: ${printed}`);
    return text;
  };
  return {
    apiUrl: found(/API +(http\S+)\/v1/),
    sandboxUrl: found(/Sandbox +(http\S+)/),
    secretKey: found(/Secret key +(tb_\S+)/),
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MILLISECONDS);
  await ended;
  clearTimeout(timer);
}
