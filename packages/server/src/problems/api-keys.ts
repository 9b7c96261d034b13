import type { ProblemKind } from '../problem.js';

export const API_KEY_PROBLEMS = {
  api_key_not_active: { status: 409, type: 'conflict', meaning: 'A revoked or expired key cannot be rotated.' },
} as const satisfies Record<string, ProblemKind>;
