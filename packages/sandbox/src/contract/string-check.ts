import { invalidRequest } from '../errors.js';

/**
 * What a string may hold where nothing else is said: Stripe's OpenAPI file gives most strings 5,000 characters, and what
 * it gives is what the API takes (https://github.com/stripe/openapi/issues/51).
 */
const lengthMaxUsual = 5_000;

/** How much of either end of a refused value is shown. */
const shownAtEachEnd = 10;

/** A long value in the words of a refusal: 'Lottery Re...iting line' (https://github.com/polarsource/polar/issues/5429). */
export const elided = (text: string): string =>
  text.length <= 2 * shownAtEachEnd + 3 ? text : `${text.slice(0, shownAtEachEnd)}...${text.slice(-shownAtEachEnd)}`;

/**
 * The string, or Stripe's refusal of one that is too long. A NUL is refused as well: no page of Stripe's says what becomes
 * of one, and nobody who sends it means to.
 */
export const checkString = (text: string, param: string, lengthMax = lengthMaxUsual): string => {
  // Characters are counted as Ruby does, and counted only where there may be too many.
  if (text.length > lengthMax && [...text].length > lengthMax) {
    throw invalidRequest(`Invalid string: ${elided(text)}; must be at most ${lengthMax} characters`, { param });
  }
  if (text.includes('\0')) throw invalidRequest(`Invalid string: ${elided(text)}; must not hold a NUL`, { param });
  return text;
};
