import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openPostgres } from '@tollbridge/server/store/postgres';
import type { ProgramOptions } from './program.js';
import { pause } from './until.js';

/** Where Debian's packages put PostgreSQL, a folder for each version. */
const DEBIAN_FOLDER = '/usr/lib/postgresql';
const USER = 'tollbridge';
const ANSWER_TRIES_MAX = 100;
const ANSWER_PAUSE_MILLISECONDS = 100;

/** A PostgreSQL cluster that the kills have to themselves: one that may be killed. */
export class OwnCluster {
  readonly #folder: string;
  readonly #binaries: string;
  readonly #user: { readonly uid: number; readonly gid: number } | undefined;
  readonly port: number;

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.port = port;
    this.#binaries = binariesFolder();
    this.#user = userOfCluster();
  }

  /** Makes one in a folder. Errors: a sentence that says what is missing. */
  static make(folder: string, port: number): OwnCluster {
    const cluster = new OwnCluster(folder, port);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (cluster.#user !== undefined) spawnSync('chown', [`${cluster.#user.uid}:${cluster.#user.gid}`, folder]);
    const made = spawnSync(
      join(cluster.#binaries, 'initdb'),
      ['-D', folder, '-U', USER, '-A', 'trust', '-E', 'UTF8', '--locale=C'],
      { encoding: 'utf8', env: { PATH: process.env.PATH }, cwd: folder, ...cluster.#user },
    );
    if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr || String(made.error)}`);
    return cluster;
  }

  /** As a program: the postmaster itself, so that its process id is the one to kill. It asks the disk at every commit. */
  get program(): ProgramOptions {
    const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=100', 'fsync=on'];
    return {
      name: 'postgres',
      command: join(this.#binaries, 'postgres'),
      parameters: ['-D', this.#folder, '-p', String(this.port), ...settings.flatMap((setting) => ['-c', setting])],
      variables: { LC_ALL: 'C' },
      isReady: (printed) => printed.includes('database system is ready to accept connections'),
      ...(this.#user === undefined ? {} : { user: this.#user }),
    };
  }

  addressOf(database: string): string {
    return `postgresql://${USER}@127.0.0.1:${this.port}/${database}`;
  }

  async makeDatabase(name: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        const server = await openPostgres(this.addressOf('postgres'), 1);
        await server.script(`create database ${name}`);
        return await server.close();
      } catch (error) {
        if (attempt >= ANSWER_TRIES_MAX) throw error;
        await pause(ANSWER_PAUSE_MILLISECONDS);
      }
    }
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The newest PostgreSQL on this machine. */
function binariesFolder(): string {
  const versions = existsSync(DEBIAN_FOLDER) ? readdirSync(DEBIAN_FOLDER) : [];
  const newest = versions
    .filter((version) => existsSync(join(DEBIAN_FOLDER, version, 'bin', 'postgres')))
    .sort((a, b) => Number(b) - Number(a))[0];
  if (newest !== undefined) return join(DEBIAN_FOLDER, newest, 'bin');
  const folder = (process.env.PATH ?? '').split(':').find((each) => existsSync(join(each, 'postgres')));
  if (folder === undefined)
    throw new Error('There is no PostgreSQL here to be killed: install the package "postgresql".');
  return folder;
}

/** PostgreSQL refuses to run as root: there the cluster belongs to the user that its package made. */
function userOfCluster(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const numberOf = (flag: string) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout.trim());
  const user = { uid: numberOf('-u'), gid: numberOf('-g') };
  if (user.uid === 0 || Number.isNaN(user.uid)) throw new Error('There is no user "postgres" to run PostgreSQL as.');
  return user;
}
