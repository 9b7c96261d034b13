import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { CannotStart } from './open-database.js';

const START_TIMEOUT_MILLISECONDS = 20_000;
const RESTART_DELAY_MILLISECONDS = 500;
/** Falls in a row, after which it is not started again: something about it will not become better by itself. */
export const FALLS_MAX = 20;
/** One that stood so long after it was ready has not fallen in a row with the one before. */
const STOOD_MILLISECONDS = 1_000;
const LAUNCHES_MAX = 4;
const SAID_CHARACTERS_MAX = 2_000;
const ADDRESS = /(http:\/\/[^\s]+)/;
/** What `--begin-when-told` waits for. */
const WORD = 'begin\n';

export interface SandboxOptions {
  readonly port: number;
  readonly dataFolder: string;
  onLost(message: string): void;
}

export interface SandboxProcess {
  readonly url: string;
  stop(): Promise<void>;
}

/** A sandbox whose code is being loaded and that has touched nothing yet: no folder, no port. */
export interface WaitingSandbox {
  /** Lets it begin; called once. Errors: `CannotStart`. */
  begin(): Promise<SandboxProcess>;
  /** Ends it instead. */
  discard(): Promise<void>;
}

/**
 * Launches the sandbox as a process of its own with its journal in the data folder: killing us does not kill it in the
 * middle of a write, and the next start finds every Stripe id again (docs/decisions/0006). It loads its code while we open
 * the database, and begins when it is told: a start that is refused has not touched its journal, nor sent what was due.
 */
export function launchSandbox(options: SandboxOptions): WaitingSandbox {
  const program = sandboxProgram();
  const launch = (port: number) => new Launch(program, { port, dataFolder: options.dataFolder });
  const first = launch(options.port);
  return {
    async begin() {
      const ready = await beginUntilReady(first, () => launch(options.port));
      return keepRunning(ready, launch, options.onLost);
    },
    discard: () => first.end('SIGKILL'),
  };
}

interface Ready {
  readonly launched: Launch;
  readonly url: string;
}

/** A sandbox whose server was killed a moment ago still holds its folder and port until it notices: worth some tries. */
async function beginUntilReady(first: Launch, launch: () => Launch): Promise<Ready> {
  let launched = first;
  for (let attempt = 1; ; attempt++) {
    try {
      return { launched, url: await launched.begin() };
    } catch (error) {
      if (attempt >= LAUNCHES_MAX) throw error;
      await new Promise((resolve) => setTimeout(resolve, RESTART_DELAY_MILLISECONDS));
      launched = launch();
    }
  }
}

/** It comes back when it falls, at the address it had, for as long as its server lives. */
function keepRunning(
  { launched, url }: Ready,
  launch: (port: number) => Launch,
  onLost: SandboxOptions['onLost'],
): SandboxProcess {
  let current = launched;
  let stopping = false;
  const falls = new FallsInARow();
  const port = Number(new URL(url).port);
  const watch = (ready: Promise<unknown>) => {
    const { child } = current;
    let standing: NodeJS.Timeout | undefined;
    ready.then(
      () => {
        // What it said last may be heard only after its end.
        if (child.exitCode === null && child.signalCode === null)
          standing = setTimeout(() => falls.stood(), STOOD_MILLISECONDS).unref();
      },
      // One that does not come up either ends, and is noticed as that.
      () => {},
    );
    child.once('exit', () => {
      clearTimeout(standing);
      if (stopping) return;
      if (falls.fell() === 'too_often') return onLost('the sandbox keeps falling; it is not started again');
      onLost('the sandbox ended and is started again');
      setTimeout(() => {
        if (stopping) return;
        current = launch(port);
        watch(current.begin());
      }, RESTART_DELAY_MILLISECONDS);
    });
  };
  watch(Promise.resolve());
  return {
    url,
    async stop() {
      stopping = true;
      await current.end('SIGTERM');
    },
  };
}

/** Tells a sandbox that cannot stand from one that falls now and then. */
export class FallsInARow {
  #count = 0;

  stood(): void {
    this.#count = 0;
  }

  fell(): 'start_again' | 'too_often' {
    this.#count += 1;
    return this.#count > FALLS_MAX ? 'too_often' : 'start_again';
  }
}

function sandboxProgram(): string {
  const entry = createRequire(import.meta.url).resolve('@tollbridge/sandbox');
  const program = join(dirname(entry), 'program', 'main.js');
  if (!existsSync(program)) throw new CannotStart('The sandbox is not built: run "npm run build" first.');
  return program;
}

/** One process of the sandbox, and what becomes of it. */
class Launch {
  readonly child: ChildProcess;
  readonly #address: Promise<string>;
  /** The end of what it has said. */
  #said = '';
  #isSettled = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(program: string, { port, dataFolder }: Pick<SandboxOptions, 'port' | 'dataFolder'>) {
    const ways = ['--until-stdin-closes', '--begin-when-told'];
    const parameters = ['--port', String(port), '--data', join(dataFolder, 'sandbox'), ...ways];
    this.child = spawn(process.execPath, [program, ...parameters], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#address = this.#addressSaid(port);
    // It may end before it is told to begin: `begin` says so then.
    this.#address.catch(() => {});
    // To one that has ended no word goes through: that it ended is what counts.
    this.child.stdin?.on('error', () => {});
  }

  /** Tells it to begin, once, and gives the address it names. Errors: `CannotStart`. */
  begin(): Promise<string> {
    if (this.#isSettled) return this.#address;
    this.child.stdin?.write(WORD);
    this.#timer = setTimeout(() => this.child.kill('SIGKILL'), START_TIMEOUT_MILLISECONDS);
    return this.#address;
  }

  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const { child } = this;
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }

  /** Waits for the line in which the sandbox names its address. */
  async #addressSaid(port: number): Promise<string> {
    try {
      return await new Promise((resolve, reject) => {
        const hear = (chunk: Buffer) => {
          this.#said = (this.#said + chunk.toString()).slice(-SAID_CHARACTERS_MAX);
        };
        this.child.stderr?.on('data', hear);
        this.child.stdout?.on('data', (chunk: Buffer) => {
          hear(chunk);
          const address = ADDRESS.exec(this.#said)?.[1];
          if (address !== undefined) resolve(address);
        });
        this.child.once('error', reject);
        // Not by `exit`: what it said last comes only before `close`.
        this.child.once('close', (code) => reject(new Error(`it ended with ${code ?? 'no code'}.`)));
      });
    } catch (error) {
      const said = this.#said.trim().split('\n').at(-1) || (error as Error).message;
      throw new CannotStart(`The sandbox could not start on port ${port}: ${said}`);
    } finally {
      this.#isSettled = true;
      if (this.#timer !== null) clearTimeout(this.#timer);
    }
  }
}
