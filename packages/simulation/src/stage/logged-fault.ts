import { inspect } from 'node:util';
import { ProcessGone } from './scheduler.js';
import type { Violation } from './violation.js';

/**
 * What the product logs as an error is a fault of ours, with or without an error in its hands: everything else it has a
 * word for. Null for the crash alone, which the story itself ordered.
 */
export function faultOf(facts: object, message: string): Violation | null {
  const { error } = facts as { readonly error?: unknown };
  if (error instanceof ProcessGone) return null;
  const what = error instanceof Error ? (error.stack ?? error.message) : inspect(facts);
  return { rule: 'no_bug', text: `${message}: ${what}` };
}
