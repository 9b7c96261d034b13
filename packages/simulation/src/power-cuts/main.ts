import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openEmbedded } from '@tollbridge/server/store/embedded/open';
import { pause } from '../kills/until.js';
import { SeededRandom } from '../seeded-random.js';
import { Disk } from './disk.js';

const CUTS_DEFAULT = 10;
const WRITE_MILLISECONDS_MIN = 500;
const WRITE_MILLISECONDS_MAX = 3_000;
const READY_LOOKS_MAX = 2_400;
const LOOK_MILLISECONDS = 50;

/**
 * `npm run power-cuts -- [--cuts N] [--seed S]`: cuts the power of a disk of its own under the embedded database, and opens
 * it again. The first cut comes soon after the first start, so that what the start made must be on the disk as well.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { cuts: { type: 'string', default: String(CUTS_DEFAULT) }, seed: { type: 'string', default: '1' } },
  });
  const cuts = Number(values.cuts);
  if (!Number.isSafeInteger(cuts) || cuts < 1) throw new Error(`--cuts is a number from 1, not "${values.cuts}"`);
  const random = new SeededRandom(Number(values.seed));
  const place = mkdtempSync(join(tmpdir(), 'tollbridge-power-'));
  const disk = new Disk(place);
  let acknowledgedInAll = 0;
  let lost = 0;
  try {
    for (let cut = 1; cut <= cuts; cut++) {
      const last = await writeUntilCut(disk, WRITE_MILLISECONDS_MIN + random.below(WRITE_MILLISECONDS_MAX));
      const kept = await openAgain(disk.folder);
      acknowledgedInAll = last;
      lost += Math.max(0, last - kept);
      process.stdout.write(`  cut ${cut} of ${cuts}: acknowledged up to ${last}, there are ${kept}\n`);
    }
  } finally {
    disk.unmount();
    rmSync(place, { recursive: true, force: true });
  }
  process.stdout.write(`\npower cuts: ${cuts}, ${acknowledgedInAll} rows acknowledged, ${lost} lost\n`);
  process.exitCode = lost === 0 ? 0 : 1;
}

/** The number of the last row that was acknowledged before the power went. */
async function writeUntilCut(disk: Disk, milliseconds: number): Promise<number> {
  const program = join(dirname(fileURLToPath(import.meta.url)), 'writer.js');
  const child = spawn(process.execPath, [program, join(disk.folder, 'data')], { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => {
    printed = (printed + chunk.toString()).slice(-KEPT);
  });
  const gone = ended(child);
  for (let look = 0; !/ready|^\d+$/m.test(printed); look++) {
    if (look === READY_LOOKS_MAX || child.exitCode !== null) {
      // While it lives, its disk cannot be taken away.
      child.kill('SIGKILL');
      await gone;
      throw new Error('the writer did not get ready');
    }
    await pause(LOOK_MILLISECONDS);
  }
  await pause(milliseconds);
  disk.cutPower();
  child.kill('SIGKILL');
  await gone;
  disk.unmount();
  disk.mount();
  return Number(printed.trimEnd().split('\n').at(-1));
}

const KEPT = 1_000;

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    child.once('close', () => resolve());
  });

/** How many rows there are, which is the number of the last one unless there is a hole. */
async function openAgain(folder: string): Promise<number> {
  const database = await openEmbedded(join(folder, 'data'));
  const [row] = await database.query({ text: 'select count(*)::integer as kept from acknowledged' });
  await database.close();
  return row?.kept as number;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
