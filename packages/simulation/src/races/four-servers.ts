import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../free-ports.js';
import { Faults } from '../kills/faults.js';
import { sandboxProgram, secretIn, serverProgram } from '../kills/installation.js';
import { OwnCluster } from '../kills/own-cluster.js';
import { Program } from '../kills/program.js';

export const SERVERS = 4;
const WORKERS = 2;

/** Four servers and two workers on one PostgreSQL, and one Stripe. */
export interface FourServers {
  readonly urls: readonly string[];
  readonly sandboxUrl: string;
  readonly secretKey: string;
  readonly faults: Faults;
  stop(): Promise<void>;
}

export async function startFourServers(): Promise<FourServers> {
  const folder = mkdtempSync(join(tmpdir(), 'tollbridge-races-'));
  const [clusterPort = 0, sandboxPort = 0, ...ports] = await freePorts(2 + SERVERS);
  const cluster = OwnCluster.make(mkdtempSync(join(tmpdir(), 'tollbridge-cluster-')), clusterPort);
  const faults = new Faults();
  const programs: Program[] = [];
  const start = async (options: ConstructorParameters<typeof Program>[0]) => {
    const program = new Program(options, faults);
    programs.push(program);
    await program.ready();
    return program;
  };
  const stop = async () => {
    for (const program of programs.reverse()) await program.stop(program.name === 'postgres' ? 'SIGINT' : 'SIGTERM');
    cluster.remove();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  const more = {
    DATABASE_URL: cluster.addressOf('tollbridge'),
    TOLLBRIDGE_ENCRYPTION_KEY: randomBytes(32).toString('hex'),
  };
  try {
    await start(cluster.program);
    await cluster.makeDatabase('tollbridge');
    await start(sandboxProgram(folder, sandboxPort));
    const servers: Program[] = [];
    for (const [index, port] of ports.entries())
      servers.push(
        await start(serverProgram({ name: `server ${index + 1}`, role: 'serve', folder, port, sandboxPort, more })),
      );
    // A worker listens nowhere; the port is part of the address by which others reach the installation.
    const [firstPort = 0] = ports;
    for (let index = 1; index <= WORKERS; index++)
      await start(serverProgram({ name: `worker ${index}`, role: 'work', folder, port: firstPort, sandboxPort, more }));
    return {
      urls: ports.map((port) => `http://127.0.0.1:${port}`),
      sandboxUrl: `http://127.0.0.1:${sandboxPort}`,
      secretKey: secretIn(servers[0]?.printed ?? ''),
      faults,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
