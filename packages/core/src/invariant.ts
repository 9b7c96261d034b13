/** A bug in this program: the request that met it ends, and nothing of it is stored. */
export class InvariantViolation extends Error {
  override readonly name = 'InvariantViolation';
}

/**
 * Promises that `condition` holds from here on. For what can only be false through a mistake in the program, never for
 * what a person, a network or Stripe can cause: those are values of `Result`.
 *
 * Errors: throws `InvariantViolation` with the sentence.
 */
export function invariant(condition: unknown, sentence: string): asserts condition {
  if (!condition) throw new InvariantViolation(sentence);
}
