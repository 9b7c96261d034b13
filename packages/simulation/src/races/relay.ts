import * as http from 'node:http';
import type { AddressInfo } from 'node:net';

/** How often each server gets each event. */
const COPIES = 2;

/** Where Stripe pushes events: each goes on to all servers at once, twice to each, just as it came. */
export class Relay {
  readonly #server: http.Server;
  /** The addresses of the connection at each server, once it is made. */
  targets: readonly string[] = [];
  events = 0;
  deliveries = 0;
  #underWay = 0;
  /** Answers of servers that took it for none of theirs, or fell over it. */
  readonly refused: string[] = [];

  private constructor(server: http.Server) {
    this.#server = server;
  }

  static async start(): Promise<Relay> {
    const server = http.createServer();
    const relay = new Relay(server);
    server.on('request', (request, response) => {
      relay.#underWay += 1;
      relay
        .#pass(request)
        .then(
          (status) => response.writeHead(status).end(),
          () => response.writeHead(502).end(),
        )
        .finally(() => {
          relay.#underWay -= 1;
        });
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return relay;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** Whether no event is on its way through here. */
  get isIdle(): boolean {
    return this.#underWay === 0;
  }

  async #pass(request: http.IncomingMessage): Promise<number> {
    let body = '';
    for await (const part of request) body += String(part);
    if (this.targets.length === 0) return 503;
    this.events += 1;
    const headers = {
      'content-type': 'application/json',
      'stripe-signature': String(request.headers['stripe-signature']),
    };
    const copies = Array.from({ length: COPIES }, () => this.targets).flat();
    const statuses = await Promise.all(
      copies.map(async (url) => {
        const answer = await fetch(url, { method: 'POST', headers, body });
        const text = await answer.text();
        this.deliveries += 1;
        if (!answer.ok) this.refused.push(`${answer.status}: ${text}`);
        return answer.status;
      }),
    );
    return Math.max(...statuses);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
