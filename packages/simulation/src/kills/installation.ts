import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../free-ports.js';
import { Faults } from './faults.js';
import { OwnCluster } from './own-cluster.js';
import { childrenOf, isAlive } from './process-children.js';
import { Program, type ProgramOptions } from './program.js';
import { findSandboxProcess, killSandbox, untilSandboxAnswers } from './sandbox-child.js';
import { until } from './until.js';

const CONNECTIONS_END_MILLISECONDS_MAX = 20_000;

/** What can be killed by itself. */
export type Part = 'server' | 'worker' | 'sandbox' | 'postgres';

/** The whole product as processes, in a folder and on ports of its own. */
export interface Installation {
  readonly apiUrl: string;
  readonly sandboxUrl: string;
  readonly parts: readonly Part[];
  /** The first secret key. */
  readonly secretKey: string;
  readonly faults: Faults;
  /** `kill -9` to all of them at once. Says whether any was there: a sandbox may not be back from the last one. */
  kill(parts: readonly Part[]): Promise<boolean>;
  /** Begins to start them, without waiting for any. */
  launch(parts: readonly Part[]): void;
  /** Waits until they are ready. */
  ready(parts: readonly Part[]): Promise<void>;
  stop(): Promise<void>;
}

/** Everything in one process with a sandbox as its child, as `npm start` does it. */
export async function startEmbedded(startMillisecondsMax: number): Promise<Installation> {
  const folder = mkdtempSync(join(tmpdir(), 'tollbridge-kills-'));
  const [port = 0, sandboxPort = 0] = await freePorts(2);
  const faults = new Faults();
  const options = serverProgram({ name: 'server', role: null, folder, port, sandboxPort, more: {} });
  const sandboxUrl = `http://127.0.0.1:${sandboxPort}`;
  let server = new Program(options, faults);
  let killedSandbox: number | null = null;
  await server.ready(startMillisecondsMax);
  return {
    apiUrl: `http://127.0.0.1:${port}`,
    sandboxUrl,
    parts: ['server', 'sandbox'],
    secretKey: secretIn(server.printed),
    faults,
    async kill(parts) {
      const sandbox = parts.includes('sandbox') ? findSandboxProcess(folder) : null;
      killedSandbox = sandbox;
      const killed = parts.includes('server') ? server.kill() : Promise.resolve(false);
      const isSandboxKilled = sandbox !== null && killSandbox(folder, sandbox);
      return (await killed) || isSandboxKilled;
    },
    launch(parts) {
      if (parts.includes('server')) server = new Program(options, faults);
    },
    async ready(parts) {
      if (parts.includes('server')) await server.ready(startMillisecondsMax);
      await untilSandboxAnswers(sandboxUrl, { dataFolder: folder, killed: killedSandbox, startMillisecondsMax });
    },
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** One `serve`, one `work`, a sandbox that is nobody's child, and a PostgreSQL cluster. */
export async function startOnPostgres(startMillisecondsMax: number): Promise<Installation> {
  const folder = mkdtempSync(join(tmpdir(), 'tollbridge-kills-'));
  const [port = 0, sandboxPort = 0, clusterPort = 0] = await freePorts(3);
  const faults = new Faults();
  const cluster = OwnCluster.make(mkdtempSync(join(tmpdir(), 'tollbridge-cluster-')), clusterPort);
  const more = {
    DATABASE_URL: cluster.addressOf('tollbridge'),
    TOLLBRIDGE_ENCRYPTION_KEY: randomBytes(32).toString('hex'),
  };
  const programs: Readonly<Record<Part, ProgramOptions>> = {
    postgres: cluster.program,
    sandbox: sandboxProgram(folder, sandboxPort),
    server: serverProgram({ name: 'server', role: 'serve', folder, port, sandboxPort, more }),
    worker: serverProgram({ name: 'worker', role: 'work', folder, port, sandboxPort, more }),
  };
  const running = new Map<Part, Program>();
  const start = (part: Part) => running.set(part, new Program(programs[part], faults));
  const readyOf = async (parts: readonly Part[]) => {
    for (const part of parts) await running.get(part)?.ready(startMillisecondsMax);
  };
  // In this order, because each stands on those before it.
  for (const part of ['postgres', 'sandbox', 'server', 'worker'] as const) {
    start(part);
    await readyOf([part]);
    if (part === 'postgres') await cluster.makeDatabase('tollbridge');
  }
  return {
    apiUrl: `http://127.0.0.1:${port}`,
    sandboxUrl: `http://127.0.0.1:${sandboxPort}`,
    parts: ['server', 'worker', 'sandbox', 'postgres'],
    secretKey: secretIn(running.get('server')?.printed ?? ''),
    faults,
    async kill(parts) {
      const connections = parts.includes('postgres') ? childrenOf(running.get('postgres')?.processId ?? null) : [];
      const killed = await Promise.all(parts.map((part) => running.get(part)?.kill()));
      // A postmaster refuses to start while one that served the old one still lives: they notice, and end by themselves.
      await until('the end of its connections', CONNECTIONS_END_MILLISECONDS_MAX, async () =>
        connections.some(isAlive) ? null : true,
      );
      return killed.includes(true);
    },
    launch(parts) {
      for (const part of parts) start(part);
    },
    ready: readyOf,
    async stop() {
      for (const part of ['worker', 'server', 'sandbox'] as const) await running.get(part)?.stop();
      await running.get('postgres')?.stop('SIGINT');
      cluster.remove();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

export interface ServerPlan {
  readonly name: string;
  readonly role: 'serve' | 'work' | null;
  readonly folder: string;
  readonly port: number;
  readonly sandboxPort: number;
  readonly more: Readonly<Record<string, string>>;
}

/** The built server, in one of its roles. */
export function serverProgram({ name, role, folder, port, sandboxPort, more }: ServerPlan): ProgramOptions {
  const main = builtProgram('server');
  return {
    name,
    parameters: role === null ? [main] : [main, role],
    variables: {
      TOLLBRIDGE_DATA_DIR: folder,
      TOLLBRIDGE_PORT: String(port),
      TOLLBRIDGE_SANDBOX_PORT: String(sandboxPort),
      TOLLBRIDGE_LOG_LEVEL: 'error',
      ...more,
    },
    isReady: (printed) => /Database {5}\S/.test(printed),
  };
}

/** The built sandbox with a journal in the folder. */
export function sandboxProgram(folder: string, port: number): ProgramOptions {
  return {
    name: 'sandbox',
    parameters: [builtProgram('sandbox'), '--port', String(port), '--data', join(folder, 'sandbox')],
    variables: {},
    isReady: (printed) => printed.includes('http://'),
  };
}

/** What `npm start` runs. It lies equally far away from the sources and from the build of this file. */
const builtProgram = (name: 'server' | 'sandbox'): string =>
  join(dirname(fileURLToPath(import.meta.url)), `../../../${name}/dist/program/main.js`);

export function secretIn(printed: string): string {
  const secret = /Secret key +(tb_test_\S+)/.exec(printed)?.[1];
  if (secret === undefined) throw new Error(`no secret key was printed: ${printed}`);
  return secret;
}
