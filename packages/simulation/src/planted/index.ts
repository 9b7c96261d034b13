import { BOOK_FAULTS } from './books.js';
import { COLLECTION_FAULTS } from './collection.js';
import { CUSTOMER_FAULTS } from './customers.js';
import { EVENT_FAULTS } from './events.js';
import { JOB_FAULTS } from './jobs.js';
import { KEY_FAULTS } from './keys.js';
import type { PlantedFault } from './planted-fault.js';

export type { PlantedFault } from './planted-fault.js';

/** Every fault that the simulation is known to catch. */
export const PLANTED_FAULTS: readonly PlantedFault[] = [
  ...KEY_FAULTS,
  ...CUSTOMER_FAULTS,
  ...EVENT_FAULTS,
  ...COLLECTION_FAULTS,
  ...JOB_FAULTS,
  ...BOOK_FAULTS,
];
