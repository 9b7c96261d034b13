import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { CannotStart } from './open-database.js';

const START_TIMEOUT_MILLISECONDS = 20_000;
const RESTART_DELAY_MILLISECONDS = 500;
const RESTARTS_MAX = 20;
const LAUNCHES_MAX = 4;
const ADDRESS = /(http:\/\/[^\s]+)/;

export interface SandboxOptions {
  readonly port: number;
  readonly dataFolder: string;
  onLost(message: string): void;
}

export interface SandboxProcess {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts the sandbox as a process of its own with its journal in the data folder: killing us does not kill it in the
 * middle of a write, and the next start finds every Stripe id again (docs/decisions/0006). It comes back when it falls.
 */
export async function startSandboxProcess(options: SandboxOptions): Promise<SandboxProcess> {
  const program = sandboxProgram();
  let stopping = false;
  let restarts = 0;
  const launched = await launchUntilReady(program, options);
  const { url } = launched;
  let { child } = launched;
  const port = Number(new URL(url).port);
  const watch = () => {
    child.once('exit', () => {
      if (stopping) return;
      restarts += 1;
      if (restarts > RESTARTS_MAX) return options.onLost('the sandbox keeps falling; it is not started again');
      options.onLost('the sandbox ended and is started again');
      setTimeout(() => {
        if (stopping) return;
        child = launch(program, port, options.dataFolder);
        child.stdout?.resume();
        child.stderr?.resume();
        watch();
      }, RESTART_DELAY_MILLISECONDS);
    });
  };
  watch();
  return {
    url,
    async stop() {
      stopping = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** A sandbox whose server was killed a moment ago still holds its folder and port until it notices: worth some tries. */
async function launchUntilReady(
  program: string,
  options: SandboxOptions,
): Promise<{ child: ChildProcess; url: string }> {
  for (let attempt = 1; ; attempt++) {
    const child = launch(program, options.port, options.dataFolder);
    try {
      return { child, url: await addressOf(child, options.port) };
    } catch (error) {
      if (attempt >= LAUNCHES_MAX) throw error;
      await new Promise((resolve) => setTimeout(resolve, RESTART_DELAY_MILLISECONDS));
    }
  }
}

function sandboxProgram(): string {
  const entry = createRequire(import.meta.url).resolve('@tollbridge/sandbox');
  const program = join(dirname(entry), 'main.js');
  if (!existsSync(program)) throw new CannotStart('The sandbox is not built: run "npm run build" first.');
  return program;
}

function launch(program: string, port: number, dataFolder: string): ChildProcess {
  const parameters = ['--port', String(port), '--data', join(dataFolder, 'sandbox'), '--until-stdin-closes'];
  return spawn(process.execPath, [program, ...parameters], { stdio: ['pipe', 'pipe', 'pipe'] });
}

/** Waits for the line in which the sandbox names its address. */
function addressOf(child: ChildProcess, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = '';
    const timer = setTimeout(() => fail('it did not say that it is ready'), START_TIMEOUT_MILLISECONDS);
    const fail = (reason: string) => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      const said = printed.trim().split('\n').at(-1) ?? '';
      reject(new CannotStart(`The sandbox could not start on port ${port}: ${said || reason}`));
    };
    const listen = (chunk: Buffer) => {
      printed += chunk.toString();
      const address = ADDRESS.exec(printed)?.[1];
      if (address === undefined) return;
      clearTimeout(timer);
      child.stdout?.resume();
      child.stderr?.resume();
      resolve(address);
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
    child.once('exit', () => fail('it ended at once.'));
  });
}
