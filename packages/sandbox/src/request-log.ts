/** One request as the inspector shows it. Keys are masked: a log is read by more people than a key is meant for. */
export interface RequestRecord {
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly at: number;
  readonly version: string;
  readonly idempotencyKey: string | null;
  readonly replayed: boolean;
  readonly body: string;
  readonly answer: string;
  readonly fault: string | null;
}

const requestsMax = 500;
/** Of bodies and answers together: 500 lists of a hundred would be a hundred megabytes. */
const charactersMax = 8_000_000;

/** The latest requests of an account, in memory only. */
export class RequestLog {
  #records: RequestRecord[] = [];
  #characters = 0;
  readonly #followers = new Set<(record: RequestRecord) => void>();

  add(record: RequestRecord): void {
    this.#records.push(record);
    this.#characters += sizeOf(record);
    for (const follower of this.#followers) follower(record);
    // Cutting in bulk keeps this constant in time on average.
    if (this.#records.length > requestsMax * 2) this.#keepLatest(requestsMax);
    while (this.#characters > charactersMax && this.#records.length > 1) {
      this.#keepLatest(Math.ceil(this.#records.length / 2));
    }
  }

  /** Tells of each request from now on, until the answer is called. */
  follow(follower: (record: RequestRecord) => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  /** The latest first. */
  latest(count: number): RequestRecord[] {
    return this.#records.slice(-count).reverse();
  }

  find(id: string): RequestRecord | undefined {
    return this.#records.find((record) => record.id === id);
  }

  /** All that are kept, the oldest first. */
  [Symbol.iterator](): Iterator<RequestRecord> {
    return this.#records.values();
  }

  #keepLatest(count: number): void {
    this.#records = this.#records.slice(-count);
    this.#characters = this.#records.reduce((sum, record) => sum + sizeOf(record), 0);
  }
}

const sizeOf = (record: RequestRecord): number => record.body.length + record.answer.length;
