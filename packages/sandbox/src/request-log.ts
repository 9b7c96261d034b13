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

/** Keeps the latest requests of an account, in memory only. */
export const logRequest = (log: RequestRecord[], record: RequestRecord): void => {
  log.push(record);
  // Cutting in bulk keeps this constant in time on average.
  if (log.length > requestsMax * 2) log.splice(0, log.length - requestsMax);
};
