import type { StoredObject } from '../collection.js';

/** An object as it was until some moment. */
interface Superseded {
  readonly type: string;
  readonly object: StoredObject;
  /** Seconds of the account's clock; from then on it was another, or gone. */
  readonly until: number;
}

/** The index never lags behind by more changes than these; the oldest are forgotten first. */
const supersededMax = 20_000;

/**
 * What search still sees of objects that were changed or removed lately: it lags behind writes, at Stripe for less than
 * a minute normally. https://docs.stripe.com/search#data-freshness
 */
export class IndexLag {
  #entries: Superseded[] = [];

  /** Remembers an object that a write has replaced. */
  add(type: string, object: StoredObject, nowSeconds: number): void {
    this.#entries.push({ type, object, until: nowSeconds });
    // Cutting in bulk keeps this constant in time on average.
    if (this.#entries.length > supersededMax * 2) this.#entries = this.#entries.slice(-supersededMax);
  }

  forgetBefore(seconds: number): void {
    if ((this.#entries[0]?.until ?? Number.POSITIVE_INFINITY) > seconds) return;
    this.#entries = this.#entries.filter((entry) => entry.until > seconds);
  }

  /** The objects of one type that are not as they were at that moment, by id, as they were then. */
  asOf(type: string, seconds: number): Map<string, StoredObject> {
    const then = new Map<string, StoredObject>();
    for (const entry of this.#entries) {
      if (entry.type !== type || entry.until <= seconds || then.has(entry.object.id)) continue;
      then.set(entry.object.id, entry.object);
    }
    return then;
  }
}
