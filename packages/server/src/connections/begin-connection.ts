import { type Connection, err, isOver, ok, type Result } from '@tollbridge/core';
import { type Problem, problem } from '../problem.js';

/** What was asked for; else "stripe", or the next that is free beside connections that cannot come back. */
export function codeAmong(others: readonly Connection[], wanted: string | null): Result<string, Problem> {
  const codes = new Map(others.map((other) => [other.code, other]));
  if (wanted !== null) return codes.has(wanted) ? err(codeTaken(wanted)) : ok(wanted);
  for (let number = 1; ; number++) {
    const code = number === 1 ? 'stripe' : `stripe-${number}`;
    const other = codes.get(code);
    if (other === undefined) return ok(code);
    if (!isOver(other)) return err(codeTaken(code));
  }
}

const codeTaken = (code: string): Problem =>
  problem('connection_code_taken', `There is a connection with the code "${code}": choose another.`, { param: 'code' });

/** Nobody acts for accounts in this mode. */
export const platformMissing = (livemode: boolean): Problem =>
  problem(
    'platform_key_missing',
    `This installation has no key of a Stripe platform for ${livemode ? 'live' : 'test'} mode: whoever runs it sets STRIPE_PLATFORM_KEY. Nothing was made.`,
    { param: 'host' },
  );
