import type { Routes } from '../typed-app.js';
import { apiKeysRoutes } from './api-keys.js';
import { healthRoutes } from './health.js';

/** All routes, by noun. */
export const ROUTES: readonly Routes[] = [healthRoutes, apiKeysRoutes];
