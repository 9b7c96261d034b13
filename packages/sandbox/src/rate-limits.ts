/** Why a request is one too many, as the header `Stripe-Rate-Limited-Reason` says it. */
export type RateLimitReason = 'endpoint-rate' | 'global-rate' | 'resource-specific';

/** https://docs.stripe.com/rate-limits: for an account and for one operation, in a second. */
const requestsPerSecond = { live: 100, test: 25 };
const requestsPerSecondAndEndpoint = 25;
/** Search allows less than other reading. */
const searchesPerSecond = 20;
const updatesPerHourAndPaymentIntent = 1_000;

const secondMs = 1_000;
const hourMs = 60 * 60 * 1_000;

export interface CountedRequest {
  readonly method: string;
  /** 'POST /v1/payment_intents/:intent' */
  readonly route: string;
  readonly path: string;
  readonly livemode: boolean;
  readonly nowMs: number;
}

/**
 * Counts one account's requests by the clock of the machine. It is asked only where limits are switched on, since a
 * laptop may do more than Stripe allows; what it refuses counts too, as it does at Stripe.
 */
export class RateLimits {
  readonly #bySecond = new Counters(secondMs);
  readonly #byHour = new Counters(hourMs);

  /** Why this request is refused; undefined when it is not. */
  reasonToRefuse(request: CountedRequest): RateLimitReason | undefined {
    const { route, path, nowMs } = request;
    const inAll = this.#bySecond.count('', nowMs);
    const ofEndpoint = this.#bySecond.count(route, nowMs);
    const searches = route.endsWith('/search') ? this.#bySecond.count('search', nowMs) : 0;
    const updates = isIntentUpdate(request) ? this.#byHour.count(path.split('/')[3] ?? '', nowMs) : 0;
    if (inAll > requestsPerSecond[request.livemode ? 'live' : 'test']) return 'global-rate';
    if (ofEndpoint > requestsPerSecondAndEndpoint) return 'endpoint-rate';
    if (searches > searchesPerSecond || updates > updatesPerHourAndPaymentIntent) return 'resource-specific';
    return undefined;
  }
}

const isIntentUpdate = ({ method, route }: CountedRequest): boolean =>
  method === 'POST' && route.startsWith('POST /v1/payment_intents/:');

/** Counts by name within windows of one length; a new window forgets the one before. */
class Counters {
  readonly #lengthMs: number;
  #window = -1;
  readonly #counts = new Map<string, number>();

  constructor(lengthMs: number) {
    this.#lengthMs = lengthMs;
  }

  count(name: string, nowMs: number): number {
    const window = Math.floor(nowMs / this.#lengthMs);
    if (window !== this.#window) this.#counts.clear();
    this.#window = window;
    const counted = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, counted);
    return counted;
  }
}
