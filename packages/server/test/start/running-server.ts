import { type ChildProcess, spawn } from 'node:child_process';

const builtProgram = (name: string): string => new URL(`../../dist/${name}.js`, import.meta.url).pathname;
const START_MILLISECONDS_MAX = 30_000;

export interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** A command beside the program, built, from its start to its end. */
export const runCommand = (
  name: string,
  variables: Readonly<Record<string, string>>,
  parameters: readonly string[] = [],
): Promise<Ended> => new RunningServer(variables, parameters, builtProgram(name)).ended;

/** The built program as a process of its own, as an operator runs it. */
export class RunningServer {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  #output = '';
  #errors = '';

  constructor(
    variables: Readonly<Record<string, string>>,
    parameters: readonly string[] = [],
    program = builtProgram('program/main'),
  ) {
    this.child = spawn(process.execPath, [program, ...parameters], {
      env: { PATH: process.env.PATH, ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.on('data', (chunk: Buffer) => {
      this.#output += chunk.toString();
    });
    this.child.stderr?.on('data', (chunk: Buffer) => {
      this.#errors += chunk.toString();
    });
    this.ended = new Promise((resolve) => {
      this.child.once('close', (code) => resolve({ code, output: this.#output, errors: this.#errors }));
    });
  }

  get output(): string {
    return this.#output;
  }

  /** The address of the API, once the program says that it is ready. */
  ready(): Promise<string> {
    return new Promise((resolve, reject) => {
      const fail = (reason: string) => reject(new Error(`${reason}: ${this.#errors}${this.#output}`));
      const timer = setTimeout(() => fail('the program did not get ready'), START_MILLISECONDS_MAX);
      const look = () => {
        const url = /API +(http:\S+)\/v1/.exec(this.#output)?.[1];
        if (url === undefined || !this.#output.includes('Database')) return;
        clearTimeout(timer);
        resolve(url);
      };
      this.child.stdout?.on('data', look);
      this.child.once('exit', () => {
        clearTimeout(timer);
        fail('the program ended');
      });
    });
  }

  get secret(): string | null {
    return /(tb_test_[\w-]{43})/.exec(this.#output)?.[1] ?? null;
  }

  stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<Ended> {
    this.child.kill(signal);
    return this.ended;
  }
}
