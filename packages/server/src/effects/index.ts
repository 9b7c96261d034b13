import type { JobHandlers } from '../jobs/handlers.js';

/** Who does which kind of work: job kind → handler. */
export const JOB_HANDLERS: JobHandlers = new Map([]);
