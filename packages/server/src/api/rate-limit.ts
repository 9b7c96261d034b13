import type { FastifyInstance } from 'fastify';
import type { Context } from '../context.js';
import { problem } from '../problem.js';
import { hashOfToken } from '../secret-box.js';
import { ProblemAnswer } from './errors.js';

/** A bucket holds a second's worth and some more for bursts; it refills steadily. Each process counts for itself. */
export const REQUESTS_PER_SECOND = 500;
const BURST = 1_000;
/** Wrong keys are slowed down far earlier, by address: nobody guesses his way in. */
export const REFUSED_KEYS_PER_SECOND = 5;
const REFUSED_BURST = 50;
const BUCKETS_MAX = 50_000;

interface Bucket {
  tokens: number;
  filledAt: number;
}

class Buckets {
  readonly #buckets = new Map<string, Bucket>();
  readonly #perSecond: number;
  readonly #burst: number;

  constructor(perSecond: number, burst: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
  }

  /** Takes a token; otherwise the seconds until there is one. `peek` only looks. */
  take(name: string, nowMilliseconds: number, cost: 0 | 1): number {
    const bucket = this.#buckets.get(name) ?? { tokens: this.#burst, filledAt: nowMilliseconds };
    const elapsed = Math.max(0, nowMilliseconds - bucket.filledAt) / 1000;
    const tokens = Math.min(this.#burst, bucket.tokens + elapsed * this.#perSecond);
    if (tokens < 1) return Math.ceil((1 - tokens) / this.#perSecond);
    if (this.#buckets.size >= BUCKETS_MAX) this.#buckets.clear();
    this.#buckets.set(name, { tokens: tokens - cost, filledAt: nowMilliseconds });
    return 0;
  }
}

/** 429 with `Retry-After` beyond the rate, by key; and by address for those whose keys were refused. */
export function installRateLimit(app: FastifyInstance, context: Context): void {
  const requests = new Buckets(REQUESTS_PER_SECOND, BURST);
  const refusals = new Buckets(REFUSED_KEYS_PER_SECOND, REFUSED_BURST);
  app.addHook('onRequest', async (request) => {
    if (request.routeOptions.config.scope === undefined) return;
    const now = context.clock.machineNow();
    const holder = hashOfToken(request.headers.authorization ?? request.ip);
    const wait = requests.take(holder, now, 1) || refusals.take(request.ip, now, 0);
    if (wait > 0)
      throw new ProblemAnswer(problem('rate_limited', 'Too many requests. Come again a little later.'), wait);
  });
  app.addHook('onResponse', async (request, reply) => {
    if (reply.statusCode === 401) refusals.take(request.ip, context.clock.machineNow(), 1);
  });
}
