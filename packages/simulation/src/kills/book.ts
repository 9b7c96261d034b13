import { ApiError, ConnectionError } from '@tollbridge/sdk';
import Stripe from 'stripe';
import { pause } from './until.js';

export type Noun = 'customer' | 'invoice' | 'payment' | 'refund' | 'credit_note' | 'payment_intent' | 'stripe_refund';

/** What a write left behind, and by which it is found again. */
export interface Trace {
  readonly noun: Noun;
  readonly id: string;
}

/** One write, which can be sent again as it is: its idempotency key is its name for good. */
export interface Write {
  readonly kind: string;
  readonly key: string;
  send(): Promise<Trace>;
}

const REPEATS_MAX = 60;
const REPEAT_PAUSE_MILLISECONDS = 500;

/** What was asked for and what was answered: the host application's own record, against which everything is held. */
export class Book {
  readonly answered = new Map<string, { readonly write: Write; readonly trace: Trace }>();
  /** Refused for good: nothing of them may be there. */
  readonly refused = new Map<string, { readonly write: Write; readonly reason: string }>();
  /** Asked for, and never answered. */
  readonly open = new Map<string, Write>();
  repeated = 0;
  /** The same request, answered a second time with another object. */
  readonly answeredTwice: string[] = [];
  /** A fault of the server's own, which no kill excuses. */
  readonly internalErrors: string[] = [];
  /** What was answered since it was last looked for. */
  fresh: Trace[] = [];

  /** Sends a write; says whether it was answered. */
  async send(write: Write): Promise<boolean> {
    try {
      this.#answer(write, await write.send());
      return true;
    } catch (error) {
      if (isInternal(error)) this.internalErrors.push(`${write.kind} ${write.key}: ${(error as Error).message}`);
      if (isUnknown(error)) {
        this.open.set(write.key, write);
        return false;
      }
      this.open.delete(write.key);
      this.refused.set(write.key, { write, reason: reasonOf(error) });
      return true;
    }
  }

  #answer(write: Write, trace: Trace): void {
    this.open.delete(write.key);
    const before = this.answered.get(write.key);
    if (before !== undefined && before.trace.id !== trace.id)
      this.answeredTwice.push(`${write.kind} ${write.key} made ${before.trace.id} and then ${trace.id}`);
    this.answered.set(write.key, { write, trace });
    this.fresh.push(trace);
  }

  /** Sends again whatever was not answered, under its own key, until it is. Gives those that never were. */
  async repeatOpen(): Promise<string[]> {
    for (const write of [...this.open.values()]) {
      this.repeated += 1;
      for (let repeat = 0; repeat < REPEATS_MAX && !(await this.send(write)); repeat++)
        await pause(REPEAT_PAUSE_MILLISECONDS);
    }
    return [...this.open.values()].map(({ kind, key }) => `${kind} ${key} is not answered`);
  }

  /** Sends an answered write once more: the answer must be the same. */
  async again(key: string): Promise<void> {
    const found = this.answered.get(key);
    if (found === undefined) return;
    this.repeated += 1;
    await this.send(found.write);
    if (this.refused.has(key)) {
      const { reason } = this.refused.get(key) ?? { reason: '' };
      this.answeredTwice.push(`${found.write.kind} ${key} was answered, and then refused: ${reason}`);
    }
  }

  takeFresh(): Trace[] {
    const taken = this.fresh;
    this.fresh = [];
    return taken;
  }
}

const RATE_LIMITED = 429;

/** Whether it was done is not known, or it can be asked for again: the host would send it again under its key. */
function isUnknown(error: unknown): boolean {
  if (error instanceof ConnectionError) return true;
  if (error instanceof ApiError)
    return error.status >= 500 || error.status === RATE_LIMITED || error.code === 'conflict_persisted';
  if (error instanceof Stripe.errors.StripeConnectionError) return true;
  if (error instanceof Stripe.errors.StripeError)
    return (error.statusCode ?? 0) >= 500 || error.statusCode === RATE_LIMITED || error.statusCode === 409;
  throw error;
}

const isInternal = (error: unknown): boolean => error instanceof ApiError && error.code === 'internal_error';

const reasonOf = (error: unknown): string =>
  error instanceof ApiError ? error.code : error instanceof Error ? error.message : String(error);
