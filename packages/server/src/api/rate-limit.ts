import type { FastifyInstance, FastifyRequest } from 'fastify';
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
/** Stripe pushes in bursts, and what is refused it sends again much later: only a flood is held up. */
export const EVENTS_PER_SECOND = 200;
const EVENTS_BURST = 2_000;
/** A payer looks and presses a button; each press may go on to Stripe. */
export const PAGES_PER_SECOND = 5;
const PAGES_BURST = 30;
/** One address may stand for all payers of a company, so it has room for several links. */
const ADDRESS_SHARE = 10;
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
    // A clock that was set back must not hold up whoever has an empty bucket until it is there again.
    bucket.filledAt = Math.min(bucket.filledAt, nowMilliseconds);
    const elapsed = (nowMilliseconds - bucket.filledAt) / 1000;
    const tokens = Math.min(this.#burst, bucket.tokens + elapsed * this.#perSecond);
    if (tokens < 1) return Math.ceil((1 - tokens) / this.#perSecond);
    if (this.#buckets.size >= BUCKETS_MAX) this.#buckets.clear();
    this.#buckets.set(name, { tokens: tokens - cost, filledAt: nowMilliseconds });
    return 0;
  }
}

/** 429 with `Retry-After` beyond the rate: by key, by address for refused keys, and where there is no key by link or connection. */
export function installRateLimit(app: FastifyInstance, context: Context): void {
  const requests = new Buckets(REQUESTS_PER_SECOND, BURST);
  const refusals = new Buckets(REFUSED_KEYS_PER_SECOND, REFUSED_BURST);
  const keyless = keylessLimits();
  app.addHook('onRequest', async (request) => {
    const now = context.clock.machineNow();
    const wait =
      request.routeOptions.config.scope === undefined
        ? keyless(request, now)
        : requests.take(hashOfToken(request.headers.authorization ?? request.ip), now, 1) ||
          refusals.take(request.ip, now, 0);
    if (wait > 0)
      throw new ProblemAnswer(problem('rate_limited', 'Too many requests. Come again a little later.'), wait);
  });
  app.addHook('onResponse', async (request, reply) => {
    if (reply.statusCode === 401) refusals.take(request.ip, context.clock.machineNow(), 1);
  });
}

/** The open addresses that read the database: each by what it names, and by who asks, since names can be made up. */
function keylessLimits(): (request: FastifyRequest, nowMilliseconds: number) => number {
  const events = { byName: new Buckets(EVENTS_PER_SECOND, EVENTS_BURST), byAddress: eventsByAddress() };
  const pages = { byName: new Buckets(PAGES_PER_SECOND, PAGES_BURST), byAddress: pagesByAddress() };
  const limits: Readonly<Record<string, typeof events>> = {
    '/stripe/webhooks/:connectionId': events,
    // One address for all accounts of a platform: a busy one alone may send as much as an address may.
    '/stripe/platforms/:platformId': { byName: eventsByAddress(), byAddress: events.byAddress },
    '/pay/:token': pages,
    // Each has an account looked at, and whoever comes back comes back a few times.
    '/connect/:id/returned': { byName: new Buckets(1 / 10, 10), byAddress: pages.byAddress },
    '/connect/:id/expired': pages,
    '/connect/oauth/:token': pages,
    '/connect/oauth/callback': { byName: pagesByAddress(), byAddress: pages.byAddress },
  };
  return (request, nowMilliseconds) => {
    const limit = limits[request.routeOptions.url ?? ''];
    if (limit === undefined) return 0;
    const name = hashOfToken(Object.values(request.params as Record<string, string>).join(' '));
    return limit.byAddress.take(request.ip, nowMilliseconds, 1) || limit.byName.take(name, nowMilliseconds, 1);
  };
}

const eventsByAddress = () => new Buckets(EVENTS_PER_SECOND * ADDRESS_SHARE, EVENTS_BURST * ADDRESS_SHARE);
const pagesByAddress = () => new Buckets(PAGES_PER_SECOND * ADDRESS_SHARE, PAGES_BURST * ADDRESS_SHARE);
