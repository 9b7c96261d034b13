import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const program = new URL('../dist/program/main.js', import.meta.url).pathname;

let folder: string;
let child: ChildProcess;
let said: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-program-'));
  said = '';
  const parameters = ['--port', '0', '--data', join(folder, 'data'), '--until-stdin-closes', '--begin-when-told'];
  child = spawn(process.execPath, [program, ...parameters], { stdio: 'pipe' });
  child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
});

afterEach(async () => {
  child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const ended = () => new Promise<number | null>((resolve) => child.once('close', resolve));

describe('the program, to begin when it is told', { timeout: 60_000 }, () => {
  test('whose starter is gone before he says so has opened nothing, and ends', async () => {
    child.stdin?.end();
    expect(await ended()).toBe(0);
    expect(said).toBe('');
    expect(existsSync(join(folder, 'data'))).toBe(false);
  });

  test('begins at a line, and ends with its starter also when he is gone at once', async () => {
    child.stdin?.end('begin\n');
    expect(await ended()).toBe(0);
    expect(said).toMatch(/Sandbox \(not Stripe\) at http:/);
    expect(existsSync(join(folder, 'data', 'journal.jsonl'))).toBe(true);
  });
});
