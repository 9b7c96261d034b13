import { type ClientRequest, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { DeliveryReport, WebhookPost } from './delivery-queue.js';
import type { Sandbox } from './sandbox.js';

/** Posts on their way at once, in all and to one receiver: one that hangs must not stop the others. */
const postsAtOnceMax = 40;
const postsAtOncePerTargetMax = 4;
/** Posts taken from the sandbox and not yet sent. */
const waitingMax = 2_000;
/** Stripe waits this long or so for an answer. */
const postTimeoutMs = 20_000;
/** The longest sleep, so that a clock moved by hand is noticed. */
const sleepMaxMs = 1_000;
const answerBytesMax = 64 * 1024;

export interface DeliveryLoopOptions {
  readonly sandbox: Sandbox;
  readonly now: () => number;
  /** Sends a post for a connected `stripe listen`; false when it is gone. */
  readonly sendToListener: (post: WebhookPost) => boolean;
  readonly onFailure: (error: unknown) => void;
}

/** Moves time and webhooks along while a server runs. */
export class DeliveryLoop {
  readonly #options: DeliveryLoopOptions;
  #waiting: WebhookPost[] = [];
  readonly #onTheWayTo = new Map<string, number>();
  /** Ended with the loop. One by one: a signal for all of them would be listened to by each. */
  readonly #requests = new Set<ClientRequest>();
  #onTheWay = 0;
  #timer: NodeJS.Timeout | undefined;
  /** The timer is set for at once: a thousand requests wake the loop once. */
  #isAwake = false;
  #stopped = false;

  constructor(options: DeliveryLoopOptions) {
    this.#options = options;
  }

  /** Looks again soon: something was just done. */
  wake(): void {
    if (this.#stopped || this.#isAwake) return;
    this.#isAwake = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#turn(), 0);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    for (const request of this.#requests) request.destroy();
  }

  #turn(): void {
    const { sandbox, now, onFailure } = this.#options;
    this.#isAwake = false;
    try {
      sandbox.tick(now());
      if (this.#waiting.length < waitingMax) this.#waiting.push(...sandbox.deliveries.due(now()));
    } catch (error) {
      onFailure(error);
    }
    this.#sendSome();
    if (!this.#stopped) this.#timer = setTimeout(() => this.#turn(), this.#sleepMs());
  }

  #sleepMs(): number {
    const { sandbox, now } = this.#options;
    if (this.#waiting.length >= waitingMax) return sleepMaxMs;
    const next = Math.min(
      sandbox.deliveries.nextAtMs() ?? Number.POSITIVE_INFINITY,
      sandbox.nextDueMs() ?? Number.POSITIVE_INFINITY,
    );
    return Math.max(1, Math.min(sleepMaxMs, next - now()));
  }

  /** Sends in order what may go now; what waits for its receiver keeps its place. */
  #sendSome(): void {
    const staying: WebhookPost[] = [];
    for (const post of this.#waiting) {
      const busy =
        this.#onTheWay >= postsAtOnceMax || (this.#onTheWayTo.get(post.targetId) ?? 0) >= postsAtOncePerTargetMax;
      if (post.target === 'listener') this.#toListener(post);
      else if (busy) staying.push(post);
      else this.#toEndpoint(post);
    }
    this.#waiting = staying;
  }

  #toListener(post: WebhookPost): void {
    if (this.#options.sendToListener(post)) return;
    this.#options.sandbox.deliveries.report(post.id, { error: 'the listener is gone' });
  }

  #toEndpoint(post: WebhookPost): void {
    this.#onTheWay += 1;
    this.#onTheWayTo.set(post.targetId, (this.#onTheWayTo.get(post.targetId) ?? 0) + 1);
    void send(post, this.#requests).then((report) => this.#finished(post, report));
  }

  #finished(post: WebhookPost, report: DeliveryReport): void {
    this.#onTheWay -= 1;
    const left = (this.#onTheWayTo.get(post.targetId) ?? 1) - 1;
    if (left === 0) this.#onTheWayTo.delete(post.targetId);
    else this.#onTheWayTo.set(post.targetId, left);
    if (this.#stopped) return;
    try {
      this.#options.sandbox.deliveries.report(post.id, report);
    } catch (error) {
      this.#options.onFailure(error);
    }
    this.#sendSome();
    this.wake();
  }
}

/** One post, kept among those under way until it has ended; redirects are not followed, since only a 2xx is a success. */
const send = (post: WebhookPost, underWay: Set<ClientRequest>): Promise<DeliveryReport> =>
  new Promise((resolve) => {
    const url = new URL(post.url);
    const headers = { ...post.headers, 'content-length': String(Buffer.byteLength(post.body)) };
    const start = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const request = start(url, { method: 'POST', headers, timeout: postTimeoutMs }, (answer) => {
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > answerBytesMax) answer.destroy();
      });
      answer.on('error', () => undefined);
      answer.on('close', () => resolve({ status: answer.statusCode ?? 0 }));
    });
    underWay.add(request);
    request.on('close', () => underWay.delete(request));
    request.on('timeout', () => request.destroy(new Error('no answer in time')));
    request.on('error', (error) => resolve({ error: error.message }));
    request.end(post.body);
  });
