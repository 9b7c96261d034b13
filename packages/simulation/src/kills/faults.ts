const PINO_ERROR_LEVEL = 50;
const MESSAGE_MAX = 300;

interface Logged {
  readonly level?: unknown;
  readonly msg?: unknown;
  readonly error?: { readonly message?: unknown; readonly code?: unknown; readonly type?: unknown };
  readonly job?: { readonly kind?: unknown };
}

/** What went wrong with the processes themselves: those that ended by themselves, and what they logged as errors. */
export class Faults {
  readonly crashes: string[] = [];
  /** How often each error was logged. Some are what a kill must lead to, such as a database that is away. */
  readonly logged = new Map<string, number>();

  onCrash = (reason: string): void => {
    this.crashes.push(reason);
  };

  onLine = (line: string): void => {
    if (!line.startsWith('{')) return;
    const said = loggedIn(line);
    if (said === null || typeof said.level !== 'number' || said.level < PINO_ERROR_LEVEL) return;
    const cause = said.error === undefined ? '' : `: ${String(said.error.message ?? said.error.code ?? '')}`;
    const job = said.job === undefined ? '' : ` (${String(said.job.kind)})`;
    const message = `${String(said.msg)}${job}${cause}`.slice(0, MESSAGE_MAX);
    this.logged.set(message, (this.logged.get(message) ?? 0) + 1);
  };
}

function loggedIn(line: string): Logged | null {
  try {
    return JSON.parse(line) as Logged;
  } catch {
    return null;
  }
}
