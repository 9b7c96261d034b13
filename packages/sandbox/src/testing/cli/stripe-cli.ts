import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** Stripe's own CLI, unmodified, with a folder of its own for what it keeps, and with one sandbox as its Stripe. */
export interface StripeCli {
  /** Runs one command to its end. */
  run(...words: string[]): Promise<CliOutcome>;
  /** Starts `stripe listen` and resolves once it says that it is ready. */
  listen(forwardTo: string, ...kinds: string[]): Promise<CliListener>;
  /** Starts `stripe logs tail` and resolves once it says that it is ready. */
  tail(...flags: string[]): Promise<CliTail>;
  /** Ends every listener and removes the folder. */
  close(): void;
}

export interface CliOutcome {
  /** Null when it was ended for taking too long. */
  readonly exitCode: number | null;
  /** What it printed, both ways. */
  readonly output: string;
}

export interface CliListener {
  /** What it printed until it was ready. */
  readonly printed: string;
  /** The signing secret in what it printed. */
  readonly secret: string;
  end(): void;
}

export interface CliTail {
  /** Resolves with everything that was printed once this is part of it. */
  shows(text: string): Promise<string>;
  end(): void;
}

const program = fileURLToPath(new URL('../../../../../node_modules/.bin/stripe', import.meta.url));
const runMsMax = 30_000;
const readyMsMax = 30_000;

export const openStripeCli = (apiBase: string, key: string): StripeCli => {
  const folder = mkdtempSync(join(tmpdir(), 'stripe-cli-'));
  const env = { PATH: process.env.PATH, HOME: folder, XDG_CONFIG_HOME: folder, STRIPE_CLI_TELEMETRY_OPTOUT: '1' };
  const fixed = ['--api-base', apiBase, '--api-key', key];
  const listeners = new Set<ChildProcess>();
  return {
    run: (...words) =>
      new Promise((resolve) => {
        const child = execFile(program, [...words, ...fixed], { env, timeout: runMsMax }, (_error, out, errors) =>
          resolve({ exitCode: child.exitCode, output: `${out}${errors}` }),
        );
      }),
    listen: async (forwardTo, ...kinds) => {
      const words = ['listen', ...kinds, '--skip-update', '--forward-to', forwardTo, ...fixed];
      // A group of its own: what npm installs as `stripe` starts the program itself, which would outlive it.
      const child = spawn(program, words, { env, detached: true });
      listeners.add(child);
      const printed = await untilReady(child);
      return { printed, secret: /whsec_\w+/.exec(printed)?.[0] ?? '', end: () => endGroupOf(child) };
    },
    tail: async (...flags) => {
      const child = spawn(program, ['logs', 'tail', ...flags, ...fixed], { env, detached: true });
      listeners.add(child);
      let output = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream?.on('data', (chunk: Buffer) => {
          output += chunk.toString();
        });
      }
      await untilReady(child);
      return {
        shows: async (text) => {
          const deadline = Date.now() + readyMsMax;
          while (!output.includes(text)) {
            if (Date.now() > deadline) throw new Error(`stripe logs tail does not show ${text}: ${output}`);
            await pause(20);
          }
          return output;
        },
        end: () => endGroupOf(child),
      };
    },
    close: () => {
      for (const child of listeners) endGroupOf(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

const untilReady = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let output = '';
    const timer = setTimeout(() => reject(new Error(`stripe listen is not ready: ${output}`)), readyMsMax);
    const look = (chunk: Buffer): void => {
      output += chunk.toString();
      if (!output.includes('Ready!')) return;
      clearTimeout(timer);
      resolve(output);
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    child.on('exit', () => {
      clearTimeout(timer);
      reject(new Error(`stripe listen ended: ${output}`));
    });
  });

const endGroupOf = (child: ChildProcess): void => {
  child.removeAllListeners('exit');
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
    process.kill(-child.pid, 'SIGTERM');
};
