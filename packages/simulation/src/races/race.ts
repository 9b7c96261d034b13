import { ApiError, ServerError, type Tollbridge } from '@tollbridge/sdk';
import type Stripe from 'stripe';
import type { Relay } from './relay.js';

/** Everything a race is run with. */
export interface Track {
  /** A client for each server. */
  readonly clients: readonly Tollbridge[];
  readonly tollbridge: Tollbridge;
  readonly stripe: Stripe;
  readonly relay: Relay;
  readonly round: number;
  /** Somebody in both systems whose card pays. */
  newPayer(name: string, card?: string): Promise<{ readonly id: string; readonly stripeId: string }>;
}

/** What a race came to. */
export interface RaceResult {
  readonly tries: number;
  /** How often each of its effects is there: all of them once. */
  readonly effects: Readonly<Record<string, number>>;
  /** What else was found wrong. */
  readonly wrong: readonly string[];
}

export interface Race {
  readonly name: string;
  run(track: Track): Promise<RaceResult>;
}

const TRIES_A_SERVER = 3;

export interface Outcome<Answer> {
  readonly answers: readonly Answer[];
  readonly refusals: readonly ApiError[];
  /** A race that somebody loses is answered by a rule, never by a fault. */
  readonly wrong: readonly string[];
}

/** The same thing asked of all servers at once, three times of each. */
export async function askAll<Answer>(
  { clients }: Track,
  ask: (client: Tollbridge) => Promise<Answer>,
): Promise<Outcome<Answer>> {
  const asked = Array.from({ length: TRIES_A_SERVER }, () => clients).flat();
  const settled = await Promise.allSettled(asked.map((client) => ask(client)));
  const answers: Answer[] = [];
  const refusals: ApiError[] = [];
  const wrong: string[] = [];
  for (const each of settled) {
    if (each.status === 'fulfilled') answers.push(each.value);
    else if (each.reason instanceof ApiError && !(each.reason instanceof ServerError)) refusals.push(each.reason);
    else wrong.push(`it was answered with ${String(each.reason)}`);
  }
  return { answers, refusals, wrong };
}

export const triesOf = ({ answers, refusals, wrong }: Outcome<unknown>): number =>
  answers.length + refusals.length + wrong.length;

/** What was answered, and by which rules it was refused, in words. */
export const refusedBy = ({ refusals }: Outcome<unknown>, allowed: readonly string[]): string[] =>
  refusals.filter(({ code }) => !allowed.includes(code)).map(({ code, message }) => `refused by ${code}: ${message}`);
