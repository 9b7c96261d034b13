import { invalidRequest } from '../errors.js';

/** Refuses parameters that would change money or ownership and that the sandbox does not serve: to ignore them would lie. */
export const refuseUnserved = (params: object, names: readonly string[]): void => {
  for (const name of names) {
    const given = (params as Readonly<Record<string, unknown>>)[name];
    if (given === undefined || given === '' || isSwitchedOff(given)) continue;
    throw invalidRequest(`Stripe has the parameter \`${name}\` here; this sandbox does not serve it.`, { param: name });
  }
};

/** `automatic_tax: { enabled: false }` asks for nothing, and neither does false. */
const isSwitchedOff = (given: unknown): boolean =>
  given === false ||
  (typeof given === 'object' && given !== null && (given as { enabled?: unknown }).enabled === false);
