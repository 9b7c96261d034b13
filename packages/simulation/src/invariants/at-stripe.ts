import type { Universe } from '../stage/universe.js';

/** An object as Stripe shows it. */
export type AtStripe = Readonly<Record<string, unknown>> & { readonly id: string };

/** Everything of a type that any account at Stripe holds, by its id: ids are Stripe's own, so no two are the same. */
export const atStripe = (universe: Universe, type: string): Map<string, AtStripe> =>
  new Map(
    [...universe.sandbox.core.accounts.keys()]
      .flatMap((account) => universe.objectsAtStripe(account, type) as AtStripe[])
      .map((object) => [object.id, object]),
  );
