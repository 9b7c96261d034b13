import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { type EventObjects, verifyWebhook, type WebhookEvent, type WebhookEventType } from '@tollbridge/sdk';

/** A host application: takes webhooks, verifies them, and remembers in which order each came first. */
export class HostApplication {
  /** First arrivals only, in their order. */
  readonly received: WebhookEvent[] = [];
  readonly #known = new Set<string>();
  arrivals = 0;
  refusedSignatures = 0;
  /** The signing secret, once the endpoint is made. */
  secret = '';
  readonly #server: http.Server;
  readonly #waiting = new Set<() => void>();

  private constructor(server: http.Server) {
    this.#server = server;
  }

  static async start(): Promise<HostApplication> {
    const server = http.createServer();
    const host = new HostApplication(server);
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
    const event = await this.#verified(body, request.headers);
    this.arrivals += 1;
    if (this.#known.has(event.id)) return;
    this.#known.add(event.id);
    this.received.push(event);
    for (const wake of this.#waiting) wake();
  }

  async #verified(body: string, headers: http.IncomingHttpHeaders): Promise<WebhookEvent> {
    try {
      return await verifyWebhook(body, headers, this.secret);
    } catch (error) {
      this.refusedSignatures += 1;
      throw error;
    }
  }

  /** Waits until it was told of something; gives the object of that event. */
  async told<Type extends WebhookEventType>(
    type: Type,
    isIt: (object: EventObjects[Type]) => boolean,
    timeoutMilliseconds: number,
  ): Promise<EventObjects[Type]> {
    const find = (): EventObjects[Type] | undefined => {
      const event = this.received.find((each) => each.type === type && isIt(each.data.object as EventObjects[Type]));
      return event?.data.object as EventObjects[Type] | undefined;
    };
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void) => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        finish();
      };
      const timer = setTimeout(
        () => settle(() => reject(new Error(`no webhook "${type}" came within ${timeoutMilliseconds / 1_000} s`))),
        timeoutMilliseconds,
      );
      const look = () => {
        const object = find();
        if (object !== undefined) settle(() => resolve(object));
      };
      this.#waiting.add(look);
      look();
    });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
