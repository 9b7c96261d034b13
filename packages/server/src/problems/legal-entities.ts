import type { ProblemKind } from '../problem.js';

export const LEGAL_ENTITY_PROBLEMS = {
  legal_entity_number_prefix_taken: {
    status: 409,
    type: 'conflict',
    meaning: 'Another issuer of the environment has this number prefix; two series would give the same numbers.',
  },
  legal_entity_number_prefix_in_use: {
    status: 409,
    type: 'conflict',
    meaning: 'The series has given out numbers under its prefix, which stays as it is from then on.',
  },
  legal_entity_unknown: {
    status: 400,
    type: 'invalid_request',
    meaning: 'The parameter names no issuer of this environment.',
  },
} as const satisfies Record<string, ProblemKind>;
