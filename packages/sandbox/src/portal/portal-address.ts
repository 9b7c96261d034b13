import { invalidRequest } from '../errors.js';

/** An address of the web; `''` and null unset it, undefined says nothing. */
export const addressIn = (given: string | null | undefined, param: string): string | null | undefined => {
  if (given === undefined) return undefined;
  if (given === null || given === '') return null;
  return requireAddress(given, param);
};

/** The portal leads there, so that it is nothing that a browser would run. */
export const requireAddress = (given: string, param: string): string => {
  if (URL.canParse(given) && /^https?:$/.test(new URL(given).protocol)) return given;
  throw invalidRequest('Not a valid URL', { code: 'url_invalid', param });
};
