import { randomFillSync } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SandboxAnswer, SandboxRequest } from './answer.js';
import { DeliveryLoop } from './delivery-loop.js';
import { FileJournal } from './journal.js';
import { ListenerSockets } from './listener-sockets.js';
import { createSandbox, type Sandbox, type SandboxSettings } from './sandbox.js';

export interface SandboxServerOptions {
  /** 0 chooses a free one. */
  readonly port: number;
  readonly host?: string;
  /** Where the journal is kept; in memory alone when left out. */
  readonly dataFolder?: string;
  readonly settings?: SandboxSettings;
  /** Milliseconds; the machine's clock when left out. */
  readonly now?: () => number;
  /** A seeded source; the system's own randomness when left out. */
  readonly random?: () => number;
  /** Told of the sandbox's own mistakes outside of requests. */
  readonly onFailure?: (error: unknown) => void;
}

export interface SandboxServer {
  readonly url: string;
  readonly port: number;
  readonly sandbox: Sandbox;
  /** Ends connections, sockets and the loop, and lets go of the data folder. */
  close(): Promise<void>;
}

/** Larger than any request a client of Stripe sends but a file upload, which is not served. */
const bodyBytesMax = 1024 * 1024;

/** The sandbox behind HTTP, with `stripe listen` and webhooks going out. Rejects when the port or folder cannot be had. */
export const startSandboxServer = async (options: SandboxServerOptions): Promise<SandboxServer> => {
  const now = options.now ?? Date.now;
  const link: { journal?: FileJournal } = {};
  const sandbox = createSandbox({
    now,
    random: options.random ?? systemRandom,
    ...(options.dataFolder === undefined ? {} : { journal: { append: (entry) => link.journal?.append(entry) } }),
    settings: { ...options.settings, hosts: [...(options.settings?.hosts ?? []), options.host ?? '127.0.0.1'] },
  });
  if (options.dataFolder !== undefined) link.journal = await openJournal(options.dataFolder, sandbox);
  const server = createServer();
  try {
    await listen(server, options.port, options.host ?? '127.0.0.1');
  } catch (error) {
    link.journal?.close();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  const url = `http://${urlHost(options.host ?? '127.0.0.1')}:${port}`;
  sandbox.setBaseUrl(options.settings?.baseUrl ?? url);
  const listeners = new ListenerSockets(server, sandbox);
  const loop = new DeliveryLoop({
    sandbox,
    now,
    sendToListener: (post) => listeners.send(post),
    onFailure: options.onFailure ?? (() => undefined),
  });
  server.on('request', (request, response) => serve(sandbox, loop, { request, response }));
  loop.wake();
  return {
    url,
    port,
    sandbox,
    close: async () => {
      loop.stop();
      listeners.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      link.journal?.close();
    },
  };
};

const openJournal = async (folder: string, sandbox: Sandbox): Promise<FileJournal> => {
  const journal = await FileJournal.open(folder, (entry) => sandbox.restore(entry));
  sandbox.restored();
  journal.compact(sandbox.snapshot());
  return journal;
};

/** Asking the system once for many numbers: an id takes a dozen. */
const systemRandom = (() => {
  const pool = new Uint32Array(4096);
  let left = 0;
  return (): number => {
    if (left === 0) {
      randomFillSync(pool);
      left = pool.length;
    }
    left -= 1;
    return (pool[left] ?? 0) / 2 ** 32;
  };
})();

/** An address that listens everywhere is still reached at this machine's own. */
const urlHost = (host: string): string => {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
};

const listen = (server: Server, port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

const serve = (sandbox: Sandbox, loop: DeliveryLoop, exchange: Exchange): void => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  exchange.request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= bodyBytesMax) chunks.push(chunk);
  });
  exchange.request.on('error', () => exchange.response.destroy());
  exchange.request.on('end', () => {
    if (bytes > bodyBytesMax) {
      finish(exchange, tooLarge);
      return;
    }
    const body = (chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)).toString('utf8');
    const answer = sandbox.handle(requestOf(exchange.request, body));
    loop.wake();
    if (answer.delayMs > 0) setTimeout(() => finish(exchange, answer), answer.delayMs);
    else finish(exchange, answer);
  });
};

const tooLarge: SandboxAnswer = {
  kind: 'response',
  status: 413,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    error: { type: 'invalid_request_error', message: `A request may have at most ${bodyBytesMax} bytes.` },
  }),
  delayMs: 0,
};

const requestOf = (request: IncomingMessage, body: string): SandboxRequest => {
  // The one header that Node gives as a list is of no request; the others are texts.
  const { 'set-cookie': _cookies, ...headers } = request.headers;
  return { method: request.method ?? 'GET', url: request.url ?? '/', headers: headers as Record<string, string>, body };
};

const finish = ({ request, response }: Exchange, answer: SandboxAnswer): void => {
  if (answer.kind === 'cut') {
    request.socket.destroy();
    return;
  }
  response.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(answer.body) });
  response.end(answer.body);
};
