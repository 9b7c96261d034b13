import type { ProblemKind } from '../problem.js';

export const ENVIRONMENT_PROBLEMS = {
  environment_confirmation_needed: {
    status: 409,
    type: 'conflict',
    meaning: 'The environment has connections; its name, typed as `confirm`, deletes it all the same.',
  },
  environment_of_production: {
    status: 403,
    type: 'permission',
    meaning: 'The production environment is changed by its own keys only.',
  },
  environments_limit: {
    status: 409,
    type: 'conflict',
    meaning: 'The organization has as many environments as it may.',
  },
  production_cannot_be_deleted: {
    status: 409,
    type: 'conflict',
    meaning: 'A production environment cannot be deleted.',
  },
} as const satisfies Record<string, ProblemKind>;
