import { setTimeout as pause } from 'node:timers/promises';

/** How long whoever asks is made to wait. */
export interface Pauses {
  /** From one request to the next, which keeps them under the limit of an account. */
  readonly betweenRequestsMs: number;
  /** Before events are listed: Stripe writes them after it has answered the call that they tell of. */
  readonly beforeEventsMs: number;
  /** After usage was reported, before anything else is asked: Stripe counts it later than it takes it. */
  readonly afterUsageMs: number;
}

/** Lets the requests of a file of tests go out at a pace that Stripe bears. */
export class Patience {
  readonly #pauses: Pauses;
  #last: Promise<unknown> = Promise.resolve();
  #usageIsUnderWay = false;

  constructor(pauses: Pauses) {
    this.#pauses = pauses;
  }

  /** Resolves when this request may go. */
  async turn(method: string, path: string): Promise<void> {
    const { betweenRequestsMs, beforeEventsMs, afterUsageMs } = this.#pauses;
    const asked = `${method} ${path.split('?')[0]}`;
    if (beforeEventsMs > 0 && asked === 'GET /v1/events') await pause(beforeEventsMs);
    const isUsage = asked === 'POST /v1/billing/meter_events';
    if (afterUsageMs > 0 && this.#usageIsUnderWay && !isUsage) await pause(afterUsageMs);
    this.#usageIsUnderWay = isUsage;
    if (betweenRequestsMs === 0) return;
    const mine = this.#last;
    this.#last = mine.then(() => pause(betweenRequestsMs));
    await mine;
  }
}
