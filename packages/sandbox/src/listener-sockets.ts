import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { WebhookPost } from './delivery-queue.js';
import { unknownHost } from './known-hosts.js';
import { isTailed, tailFrame } from './request-tail.js';
import { type CliSession, cliSessions, tailFeature } from './resources/events/stripe-cli.js';
import type { Sandbox } from './sandbox.js';

/** More than any event is long. */
const frameBytesMax = 2 * 1024 * 1024;
const subprotocol = 'stripecli-devproxy-v1';

/** The sockets of `stripe listen` and `stripe logs tail`: one for each session that is connected now. */
export class ListenerSockets {
  readonly #sandbox: Sandbox;
  readonly #sockets = new Map<string, WebSocket>();
  readonly #server: WebSocketServer;

  constructor(http: Server, sandbox: Sandbox) {
    this.#sandbox = sandbox;
    this.#server = new WebSocketServer({
      noServer: true,
      maxPayload: frameBytesMax,
      handleProtocols: (offered) => (offered.has(subprotocol) ? subprotocol : false),
    });
    http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** Hands an event to its listener; false when that is not connected. */
  send(post: WebhookPost): boolean {
    const socket = this.#sockets.get(post.targetId);
    if (socket === undefined) return false;
    const http_headers = {
      'Content-Type': 'application/json; charset=utf-8',
      'Stripe-Signature': post.headers['stripe-signature'],
    };
    if (post.payload === 'thin') {
      socket.send(
        JSON.stringify({ type: 'v2_event', payload: post.body, http_headers, destination_id: post.targetId }),
      );
      // The CLI's answer to such a frame names the event and not the frame: having been handed over is all there is.
      this.#sandbox.deliveries.report(post.id, { status: 200 });
      return true;
    }
    socket.send(
      JSON.stringify({
        type: 'webhook_event',
        event_payload: post.body,
        http_headers,
        webhook_conversation_id: post.id,
        webhook_id: post.targetId,
        endpoint: { api_version: post.version },
      }),
    );
    return true;
  }

  close(): void {
    for (const socket of this.#sockets.values()) socket.terminate();
    this.#server.close();
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (!this.#sandbox.isKnownHost(request.headers.host ?? '')) {
      refuse(socket, '403 Forbidden', unknownHost(request.headers.host ?? ''));
      return;
    }
    const [, , , accountId = '', sessionId = ''] = (request.url ?? '').split('?')[0]?.split('/') ?? [];
    const account = this.#sandbox.core.accounts.get(accountId);
    const named = request.headers['websocket-id'];
    const session = account?.store.get(cliSessions.type, sessionId) as CliSession | undefined;
    if (session === undefined || (named !== undefined && named !== sessionId)) {
      // The CLI looks for this very text to know that it must authorise again.
      refuse(socket, '400 Bad Request', 'Unknown WebSocket ID.');
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (connected) => this.#connected(accountId, session, connected));
  }

  #connected(accountId: string, session: CliSession, socket: WebSocket): void {
    const sessionId = session.id;
    this.#sockets.get(sessionId)?.terminate();
    this.#sockets.set(sessionId, socket);
    this.#sandbox.core.connectListener(accountId, { id: sessionId, features: session.features });
    socket.on('message', (data) => this.#received(accountId, String(data)));
    socket.on('error', () => socket.terminate());
    const unfollow = this.#tail(accountId, session, socket);
    socket.on('close', () => {
      unfollow();
      if (this.#sockets.get(sessionId) !== socket) return;
      this.#sockets.delete(sessionId);
      this.#sandbox.core.disconnectListener(accountId, sessionId);
    });
  }

  /** Sends a `stripe logs tail` each request from now on, until the answer is called. */
  #tail(accountId: string, { features, filters }: CliSession, socket: WebSocket): () => void {
    const account = this.#sandbox.core.accounts.get(accountId);
    if (account === undefined || !features.includes(tailFeature)) return () => undefined;
    return account.requests.follow((record) => {
      if (isTailed(record, filters)) socket.send(tailFrame(record, account.record.livemode));
    });
  }

  /** `event_ack` says the frame arrived; `webhook_response` what the forwarded post was answered. */
  #received(accountId: string, text: string): void {
    const frame = frameOf(text);
    const id = String(frame.webhook_conversation_id ?? '');
    if (frame.type === 'event_ack') this.#sandbox.deliveries.report(id, { status: 200 });
    if (frame.type === 'webhook_response')
      this.#sandbox.core.noteListenerAnswer(accountId, id, Number(frame.status) || 0);
  }
}

const frameOf = (text: string): Record<string, unknown> => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
};

/** Ends what wanted to become a socket, with a reason. */
const refuse = (socket: Duplex, status: string, text: string): void => {
  const headers = `Content-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close`;
  socket.end(`HTTP/1.1 ${status}\r\n${headers}\r\n\r\n${text}`);
};
