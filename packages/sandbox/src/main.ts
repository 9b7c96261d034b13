import { parseArgs } from 'node:util';
import { DataFolderError } from './journal.js';
import { type SandboxServer, startSandboxServer } from './server.js';

// The program: `npm run sandbox -- --port 4410 [--host 127.0.0.1] [--public-url URL] [--allow-host NAME]… [--data DIR]`.
// With `--until-stdin-closes` it ends by itself when whoever started it is gone, however that one ended. With `--begin-when-told` it loads its code, and opens its
// folder and its port only after a line on its input: whoever starts it may still find that it must not begin.

const portDefault = 4410;

interface Arguments {
  readonly port: number;
  readonly host: string;
  readonly publicUrl: string | undefined;
  readonly hosts: readonly string[];
  readonly data: string | undefined;
  readonly untilStdinCloses: boolean;
  readonly beginWhenTold: boolean;
}

const readArguments = (): Arguments => {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      host: { type: 'string' },
      'public-url': { type: 'string' },
      'allow-host': { type: 'string', multiple: true },
      data: { type: 'string' },
      'until-stdin-closes': { type: 'boolean' },
      'begin-when-told': { type: 'boolean' },
    },
  });
  const port = Number(values.port ?? portDefault);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`The port '${values.port}' is not a number from 0 to 65535: give another with --port.`);
  }
  return {
    port,
    host: values.host ?? '127.0.0.1',
    publicUrl: publicUrlFrom(values['public-url']),
    hosts: values['allow-host'] ?? [],
    data: values.data,
    untilStdinCloses: values['until-stdin-closes'] === true,
    beginWhenTold: values['begin-when-told'] === true,
  };
};

/** Where pages are opened, without a slash at its end. */
const publicUrlFrom = (given: string | undefined): string | undefined => {
  if (given === undefined) return undefined;
  const url = URL.canParse(given) ? new URL(given) : null;
  if (url !== null && /^https?:$/.test(url.protocol) && url.pathname === '/') return url.origin;
  throw new Error(`'${given}' is not an address such as http://sandbox:4410: give another with --public-url.`);
};

const start = async ({ port, host, publicUrl, hosts, data }: Arguments): Promise<SandboxServer> => {
  const onFailure = (error: unknown): void => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  };
  try {
    return await startSandboxServer({
      port,
      host,
      onFailure,
      settings: { hosts, ...(publicUrl === undefined ? {} : { baseUrl: publicUrl }) },
      ...(data === undefined ? {} : { dataFolder: data }),
    });
  } catch (error) {
    throw new Error(reasonOf(error, port, host));
  }
};

const reasonOf = (error: unknown, port: number, host: string): string => {
  const { code, message } = error as NodeJS.ErrnoException;
  if (error instanceof DataFolderError) return message;
  if (code === 'EADDRINUSE') return `Port ${port} of ${host} is taken by another program: choose another with --port.`;
  if (code === 'EACCES')
    return `Port ${port} of ${host} may not be used by this user: choose one above 1023 with --port.`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `This machine has no address ${host}: choose another with --host.`;
  return `The sandbox could not start: ${message}`;
};

/** Whether the line came; not when the input ended before. */
const told = (): Promise<boolean> =>
  new Promise((resolve) => {
    process.stdin.once('end', () => resolve(false));
    process.stdin.once('data', () => {
      // The end of the input is heard by whoever listens next, and not lost in between.
      process.stdin.pause();
      resolve(true);
    });
  });

const run = async (given: Arguments): Promise<void> => {
  if (given.beginWhenTold && !(await told())) return;
  const server = await start(given);
  process.stdout.write(`Sandbox (not Stripe) at ${server.url}\n`);
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    void server.close().then(() => process.exit(0));
  };
  // As often as they come: whoever started us may be told by the same terminal, and tell us again.
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  if (given.untilStdinCloses) process.stdin.once('end', stop).once('close', stop).resume();
};

try {
  await run(readArguments());
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
