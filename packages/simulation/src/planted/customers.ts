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
    shortStory: { seed: 5, actions: ['customer_upsert'], faults: ['none'], steps: 40 },
    caughtAt: { seed: 3, seedsPlayed: 3, rule: 'one_twin' },
    plant: ({ context, ...rest }, acts) => {
      let made = 0;
      const sent = new Set<string>();
      const stripe = withCalls(context.stripe, ({ name, args, send }) => {
        if (name !== 'customers.create') return send(args);
        made += 1;
        return send(
          withKey(args, (key) => {
            if (sent.has(key)) acts();
            sent.add(key);
            return `${key} request ${made}`;
          }),
        );
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
