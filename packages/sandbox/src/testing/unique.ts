import { randomBytes } from 'node:crypto';

/** A name that no test and no earlier run has used: ids, codes and idempotency keys stay in an account that is not new. */
export const unique = (name: string): string => `${name}${randomBytes(4).toString('hex').toUpperCase()}`;
