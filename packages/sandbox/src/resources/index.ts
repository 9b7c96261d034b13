import type { Resource } from '../operation.js';
import { customersResource } from './customers.js';

/** Every noun the sandbox serves. One line here makes a resource part of it. */
export const resources: readonly Resource[] = [customersResource];
