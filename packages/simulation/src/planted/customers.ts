import { withCalls, withKey } from './calls.js';
import type { PlantedFault } from './planted-fault.js';
import { withRows, withStatements } from './statements.js';

/** Faults of how our customers and Stripe's stay one. */
export const CUSTOMER_FAULTS: readonly PlantedFault[] = [
  {
    name: 'second_customer_in_parallel',
    thread: 'https://github.com/sagemathinc/cocalc/issues/8112',
    breaks: 'Whoever sees no twin yet makes one: no order among those who do, and no key that they share.',
    caughtBy: ['one_twin'],
    caughtAt: { seed: 3, steps: 60 },
    plant: ({ context, ...rest }) => {
      let made = 0;
      const stripe = withCalls(context.stripe, ({ name, args, send }) => {
        made += 1;
        return send(name === 'customers.create' ? withKey(args, (key) => `${key} request ${made}`) : args);
      });
      const db = withStatements(context.db, {
        statement: (statement) =>
          withRows(statement, 'insert_jobs', (job) =>
            job.kind === 'create_stripe_customer' ? { ...job, key: null, dedupe_key: null } : job,
          ),
      });
      return { ...rest, context: { ...context, stripe, db } };
    },
  },
];
