import type { ProblemKind } from '../problem.js';
import { API_KEY_PROBLEMS } from './api-keys.js';
import { GENERAL_PROBLEMS } from './general.js';

/** All refusals there are, by code. */
export const PROBLEMS: Readonly<Record<string, ProblemKind>> = { ...GENERAL_PROBLEMS, ...API_KEY_PROBLEMS };
