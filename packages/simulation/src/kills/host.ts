import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { verifyWebhook, type WebhookEvent } from '@tollbridge/sdk';

/** The host application: it takes webhooks, verifies them, and remembers in which order each came first. */
export class Host {
  /** First arrivals only, in their order. */
  readonly first: WebhookEvent[] = [];
  readonly #known = new Set<string>();
  readonly #server: http.Server;
  arrivals = 0;
  refusedSignatures = 0;
  /** The signing secret, once the endpoint is made. */
  secret = '';

  private constructor(server: http.Server) {
    this.#server = server;
  }

  static async start(): Promise<Host> {
    const server = http.createServer();
    const host = new Host(server);
    server.on('request', (request, response) => {
      host.#take(request).then(
        () => response.writeHead(204).end(),
        () => response.writeHead(400).end(),
      );
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return host;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/webhooks`;
  }

  isTold(eventId: string): boolean {
    return this.#known.has(eventId);
  }

  async #take(request: http.IncomingMessage): Promise<void> {
    let body = '';
    // Whoever is killed in the middle of sending sends the rest never: that was no arrival.
    for await (const part of request) body += String(part);
    let event: WebhookEvent;
    try {
      event = await verifyWebhook(body, request.headers, this.secret);
    } catch (error) {
      this.refusedSignatures += 1;
      throw error;
    }
    this.arrivals += 1;
    if (this.#known.has(event.id)) return;
    this.#known.add(event.id);
    this.first.push(event);
  }

  /** Messages of one object that came out of order, by first arrivals: each sequence begins at 1 and has no gap. */
  outOfOrder(): string[] {
    const last = new Map<string, number>();
    return this.first.flatMap((event) => {
      const before = last.get(event.object_id) ?? 0;
      last.set(event.object_id, event.sequence);
      return event.sequence === before + 1
        ? []
        : [`${event.id} is number ${event.sequence} of ${event.object_id} and came after number ${before}`];
    });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
