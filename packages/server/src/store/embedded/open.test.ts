import { type ChildProcess, spawn } from 'node:child_process';
import fs, { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NOW, newEnvironment, newJob } from '../../../test/ground.js';
import { Changes } from '../../changes.js';
import { commit } from '../commit.js';
import { DatabaseUnavailable } from '../database.js';
import { migrate } from '../migrate.js';
import { diskSyncs } from './durable-files.js';
import { FolderInUse, lockFolder } from './lock.js';
import { openEmbedded } from './open.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tollbridge-embedded-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A process that lived and is no more: its number belongs to nobody. */
async function deadProcessId(): Promise<number> {
  const child = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' });
  await ended(child);
  return child.pid as number;
}

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    child.once('exit', () => resolve());
  });

describe('the lock of a data folder', () => {
  const path = () => join(folder, 'database.lock');

  test('refuses a second owner and names the first', () => {
    const lock = lockFolder(path());
    expect(() => lockFolder(path())).toThrow(FolderInUse);
    expect(() => lockFolder(path())).toThrow(`process ${process.pid}`);
    lock.release();
    lockFolder(path()).release();
    expect(existsSync(path())).toBe(false);
  });

  test('is taken over from a process that is dead', async () => {
    writeFileSync(path(), `${await deadProcessId()} 12345\n`);
    lockFolder(path()).release();
  });

  test('is taken over when the number of its process belongs to another by now', () => {
    for (const identity of [`${process.pid} 1\n`, `${process.ppid} 1\n`]) {
      writeFileSync(path(), identity);
      lockFolder(path()).release();
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each(['', 'nonsense', '-1 0', '0 0'])('is taken over when it says "%s"', (text) => {
    writeFileSync(path(), text);
    lockFolder(path()).release();
  });

  test('is not released by somebody who has lost it', () => {
    const lock = lockFolder(path());
    writeFileSync(path(), '1 1\n');
    lock.release();
    expect(readFileSync(path(), 'utf8')).toBe('1 1\n');
  });
});

describe('the embedded database', () => {
  test('is refused to a second opener, and given after it was closed', async () => {
    const first = await openEmbedded(folder);
    await expect(openEmbedded(folder)).rejects.toBeInstanceOf(FolderInUse);
    await first.close();
    await (await openEmbedded(folder)).close();
  });

  test('asks the disk once for each commit, and never for a read', async () => {
    const database = await openEmbedded(folder);
    await migrate(database);
    const environment = await newEnvironment(database);
    const save = () => commit(database, new Changes().enqueue(newJob(environment.id)), NOW);
    await save();
    const before = diskSyncs.count;
    for (let round = 0; round < 20; round++) await save();
    expect(diskSyncs.count - before).toBe(20);
    for (let round = 0; round < 20; round++) await database.query({ text: 'select count(*) from jobs' });
    expect(diskSyncs.count - before).toBe(20);
    await database.close();
  });

  test('a commit that the disk did not keep is not answered, nothing is asked after it, and what was answered is there', async () => {
    const first = await openEmbedded(folder);
    await first.script('create table numbers (n integer primary key)');
    const insert = (n: number) => first.query({ text: 'insert into numbers (n) values ($1)', values: [n] });
    await insert(1);
    const outcomes = await withFailingDisk(() => Promise.allSettled([insert(2), insert(3)]));
    for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: expect.any(DatabaseUnavailable) });
    await expect(insert(4)).rejects.toThrow(/EIO.*start Tollbridge again/);
    await expect(first.script('select 1')).rejects.toBeInstanceOf(DatabaseUnavailable);
    await first.close();
    const second = await openEmbedded(folder);
    const rows = await second.query({ text: 'select n from numbers where n not in (2, 3)' });
    expect(rows).toEqual([{ n: 1 }]);
    await second.close();
  });

  test('a script that fails leaves nothing behind, and the connection usable', async () => {
    const database = await openEmbedded(folder);
    await expect(
      database.script('begin; create table a (b integer); select no_such_thing(); commit'),
    ).rejects.toThrow();
    expect(await database.query({ text: `select to_regclass('a') is null as gone` })).toEqual([{ gone: true }]);
    await database.close();
  });

  test('a first start that was cut off is begun anew', async () => {
    mkdirSync(join(folder, 'database.unfinished', 'base'), { recursive: true });
    writeFileSync(join(folder, 'database.unfinished', 'PG_VERSION'), 'half');
    const database = await openEmbedded(folder);
    expect(await database.query({ text: 'select 1 as one' })).toEqual([{ one: 1 }]);
    expect(readdirSync(folder).sort()).toEqual(['database', 'database.lock']);
    await database.close();
  });

  test('keeps every acknowledged row through kill -9 in the middle of writing', async () => {
    for (let round = 1; round <= ROUNDS; round++) {
      const acknowledged = await writeUntilKilled(folder, round * 40);
      const database = await openEmbedded(folder);
      const rows = await database.query({ text: 'select n from acknowledged where round = $1', values: [round] });
      const found = new Set(rows.map((row) => row.n));
      expect(acknowledged.filter((n) => !found.has(n))).toEqual([]);
      expect(acknowledged.length).toBeGreaterThan(0);
      await database.close();
    }
  });
});

/** No disk fails when it is told to: what asks it says here what Linux says of one that does. */
async function withFailingDisk<T>(act: () => Promise<T>): Promise<T> {
  const { fsyncSync } = fs;
  fs.fsyncSync = () => {
    throw Object.assign(new Error('EIO: i/o error, fsync'), { code: 'EIO', syscall: 'fsync' });
  };
  syncBuiltinESMExports();
  try {
    return await act();
  } finally {
    fs.fsyncSync = fsyncSync;
    syncBuiltinESMExports();
  }
}

const ROUNDS = 3;

/** The built program's own database in a process of its own, killed after so many acknowledged rows. */
async function writeUntilKilled(dataFolder: string, rowsMin: number): Promise<number[]> {
  const round = rowsMin / 40;
  const child = spawn(process.execPath, ['--input-type=module', '-e', WRITER, OPEN, dataFolder, String(round)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    if (text.split('\n').length > rowsMin) child.kill('SIGKILL');
  });
  await ended(child);
  if (text === '') throw new Error(`the writer wrote nothing: ${said}`);
  return text.split('\n').slice(0, -1).map(Number);
}

const OPEN = new URL('../../../dist/store/embedded/open.js', import.meta.url).pathname;

const WRITER = `
const [open, folder, round] = process.argv.slice(1);
const { openEmbedded } = await import(open);
const database = await openEmbedded(folder);
await database.script('create table if not exists acknowledged (round integer, n integer)');
for (let n = 0; n < 100000; n++) {
  await database.query({ text: 'insert into acknowledged (round, n) values ($1, $2)', values: [Number(round), n] });
  process.stdout.write(n + '\\n');
}`;
