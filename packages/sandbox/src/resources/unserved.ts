import { invalidRequest } from '../errors.js';

/** Refuses parameters that would change money or ownership and that the sandbox does not serve: to ignore them would lie.
 * `inside`: the path of the hash that holds them. */
export const refuseUnserved = (params: object, names: readonly string[], inside = ''): void => {
  for (const name of names) {
    const given = (params as Readonly<Record<string, unknown>>)[name];
    if (given === undefined || given === '' || isSwitchedOff(given)) continue;
    const param = inside === '' ? name : `${inside}[${name}]`;
    throw invalidRequest(`Stripe has the parameter \`${param}\` here; this sandbox does not serve it.`, { param });
  }
};

/** `automatic_tax: { enabled: false }` asks for nothing, and neither does false. */
const isSwitchedOff = (given: unknown): boolean =>
  given === false ||
  (typeof given === 'object' && given !== null && (given as { enabled?: unknown }).enabled === false);
