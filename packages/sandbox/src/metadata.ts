import { elided } from './contract/string-check.js';
import { invalidRequest } from './errors.js';

/** Limits of https://docs.stripe.com/api/metadata */
const metadataKeysMax = 50;
const metadataKeyLengthMax = 40;
const metadataValueLengthMax = 500;

type Metadata = Readonly<Record<string, string>>;

/**
 * Metadata after a request: given keys are merged in, an empty value removes its key, and `''` for the whole removes all.
 * Values are strings whatever the caller sent.
 */
export const metadataMerged = (
  before: Metadata | null,
  given: Readonly<Record<string, string | number | null>> | '' | null | undefined,
): Record<string, string> => {
  if (given === undefined) return { ...before };
  if (given === '' || given === null) return {};
  const merged: Record<string, string> = { ...before };
  for (const [key, raw] of Object.entries(given)) {
    const value = raw === null ? '' : String(raw);
    checkEntry(key, value);
    if (value === '') delete merged[key];
    else merged[key] = value;
  }
  if (Object.keys(merged).length > metadataKeysMax) {
    throw invalidRequest(`Metadata can have at most ${metadataKeysMax} keys.`, { param: 'metadata' });
  }
  return merged;
};

/** Worded as Stripe does: https://github.com/stripe/stripe-php/issues/246 */
const checkEntry = (key: string, value: string): void => {
  if ([...key].length > metadataKeyLengthMax) {
    throw invalidRequest(`Invalid key: ${elided(key)} must be a string under ${metadataKeyLengthMax} characters`, {
      param: 'metadata',
    });
  }
  if (key.includes('[') || key.includes(']')) {
    throw invalidRequest('Metadata keys cannot contain square brackets.', { param: 'metadata' });
  }
  if ([...value].length > metadataValueLengthMax) {
    throw invalidRequest(`Invalid val: ${elided(value)} must be a string under ${metadataValueLengthMax} characters`, {
      param: 'metadata',
    });
  }
};
