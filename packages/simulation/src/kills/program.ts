import { type ChildProcess, spawn } from 'node:child_process';

export interface ProgramOptions {
  readonly name: string;
  /** Node runs it, unless another command is named. */
  readonly command?: string;
  readonly parameters: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  /** Whether what it has printed says that it is ready. */
  readonly isReady: (printed: string) => boolean;
  /** The user it belongs to, where it must not be ours: PostgreSQL refuses to run as root. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

/** Within this a program is ready again, whatever it was killed in the middle of. */
export const START_MILLISECONDS_MAX = 30_000;
const STOP_MILLISECONDS_MAX = 20_000;
/** Of what it prints the end is kept: what it said last tells why it fell. */
const PRINTED_MAX = 200_000;
const LAST_LINES = 30;

/** Whatever ends this process, ends those that it started. */
const living = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

/** A program as a process of its own, as an operator runs it. It is ended by its process id and by nothing wider. */
export class Program {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #isReady: (printed: string) => boolean;
  readonly #exited: Promise<void>;
  readonly #onLine: (line: string) => void;
  #printed = '';
  #rest = '';
  #isEnding = false;

  /** `onCrash` is told when it ends without having been asked to; `onLine` gets each line of its output. */
  constructor(options: ProgramOptions, told: { onCrash(reason: string): void; onLine(line: string): void }) {
    this.name = options.name;
    this.#isReady = options.isReady;
    this.#onLine = told.onLine;
    this.#child = spawn(options.command ?? process.execPath, [...options.parameters], {
      env: { PATH: process.env.PATH, ...options.variables },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...options.user,
    });
    this.#child.stdout?.on('data', (chunk: Buffer) => this.#take(chunk));
    this.#child.stderr?.on('data', (chunk: Buffer) => this.#take(chunk));
    living.add(this.#child);
    this.#exited = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => {
        living.delete(this.#child);
        if (!this.#isEnding) told.onCrash(`${this.name} ended by itself (${code ?? signal}): ${this.lastWords}`);
        resolve();
      });
    });
  }

  get processId(): number | null {
    return this.#child.pid ?? null;
  }

  get printed(): string {
    return this.#printed;
  }

  get lastWords(): string {
    return this.#printed.trim().split('\n').slice(-LAST_LINES).join('\n');
  }

  #take(chunk: Buffer): void {
    const text = chunk.toString();
    this.#printed = (this.#printed + text).slice(-PRINTED_MAX);
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#onLine(line);
  }

  /** Waits until it says that it is ready. */
  ready(millisecondsMax = START_MILLISECONDS_MAX): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (reason: string) => reject(new Error(`${this.name} ${reason}: ${this.lastWords}`));
      const timer = setTimeout(() => fail(`was not ready within ${millisecondsMax / 1_000} s`), millisecondsMax);
      const look = () => {
        if (!this.#isReady(this.#printed)) return;
        clearTimeout(timer);
        resolve();
      };
      this.#child.stdout?.on('data', look);
      this.#child.stderr?.on('data', look);
      this.#child.once('exit', () => {
        clearTimeout(timer);
        fail('ended while it was starting');
      });
      look();
    });
  }

  /** `kill -9`: it gets no say in it. Says whether it was still there. */
  async kill(): Promise<boolean> {
    this.#isEnding = true;
    const isKilled = this.#child.kill('SIGKILL');
    await this.#exited;
    return isKilled;
  }

  async stop(signal: 'SIGTERM' | 'SIGINT' = 'SIGTERM'): Promise<void> {
    this.#isEnding = true;
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill(signal);
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MILLISECONDS_MAX);
    await this.#exited;
    clearTimeout(timer);
  }
}
