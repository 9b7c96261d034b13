import type { Context } from '@tollbridge/server/context';
import type { JobHandler } from '@tollbridge/server/jobs/handlers';
import { nothingToDo } from '@tollbridge/server/jobs/run-job';
import type { StripeEvent, StripeEventHandler } from '@tollbridge/server/stripe-event-handlers';
import { rowsOfClause } from '../stage/statement-shape.js';
import { withCalls } from './calls.js';
import { nothingOf, withHandlers, withJob } from './handlers.js';
import type { PlantedFault } from './planted-fault.js';
import { hasClause, type Row, withRows, withStatements, withText } from './statements.js';

/** Faults of how what Stripe tells is taken, kept and believed. */
export const EVENT_FAULTS: readonly PlantedFault[] = [
  {
    name: 'event_by_timestamp',
    thread: 'https://github.com/stripe/sync-engine/issues/268',
    breaks: "An event's snapshot is believed if it is later than the last one: of those of one second the first stays.",
    caughtBy: ['payments_stand_as_at_stripe', 'customers_equal', 'refunds_equal', 'disputes_equal', 'nothing_is_left'],
    shortStory: {
      seed: 2,
      actions: ['card_attach', 'card_detach_at_stripe', 'customer_change_at_stripe'],
      faults: ['none', 'event_order'],
      steps: 40,
    },
    caughtAt: { seed: 5, seedsPlayed: 5, rule: 'payments_stand_as_at_stripe' },
    plant: (product, acts) => {
      const latest = new Map<string, number>();
      return withHandlers(product, (handler) => believing(handler, { latest, acts }));
    },
  },
  {
    name: 'older_fetch_last',
    thread: 'https://github.com/invertase/stripe-firebase-extensions/issues/119',
    breaks:
      'All look at once, and what each has fetched he writes over whatever is there: no ticket, and no version as it was read.',
    caughtBy: [
      'no_older_look_last',
      'ledger',
      'intents_have_invoices',
      'payments_stand_as_at_stripe',
      'customers_equal',
    ],
    shortStory: { seed: 1, actions: ['card_attach'], faults: ['late_answer'], steps: 15 },
    caughtAt: { seed: 1, seedsPlayed: 1, rule: 'no_older_look_last' },
    plant: ({ context, ...rest }, acts) => {
      /** By object: the latest of the looks that were written. */
      const latest = new Map<unknown, bigint>();
      const noting = ({ object_id, applied }: Row) => {
        const look = BigInt(String(applied));
        if (look < (latest.get(object_id) ?? 0n)) acts();
        else latest.set(object_id, look);
      };
      const db = withStatements(context.db, {
        statement: (statement) =>
          withText(withRows(statement, 'insert_jobs', atOnce), (text) =>
            hasClause(statement, 'update_stripe_tickets')
              ? text
                  .replace('applied = r.applied', 'applied = t.applied + 1')
                  .replaceAll(' and t.version = r.version', '')
              : text,
          ),
        rows: (statement, rows) => {
          for (const ticket of rowsOfClause(statement, 'update_stripe_tickets')) noting(ticket);
          return rows;
        },
      });
      return { ...rest, context: { ...context, db } };
    },
  },
  {
    name: 'no_unique_event_id',
    thread: 'https://github.com/wasp-lang/open-saas/issues/688',
    breaks: 'An event that is pushed again is kept and worked on again.',
    caughtBy: ['events_kept_once'],
    shortStory: { seed: 1, actions: ['card_attach'], faults: ['event_twice'], steps: 8 },
    caughtAt: { seed: 1, seedsPlayed: 1, rule: 'events_kept_once' },
    plant: ({ context, ...rest }, acts) => {
      const kept = new Set<string>();
      const nameOf = (event: Row): string => `${String(event.connection_id)} ${String(event.stripe_event_id)}`;
      const another = (event: Row): Row => {
        if (!kept.has(nameOf(event))) return event;
        acts();
        return { ...event, stripe_event_id: `${String(event.stripe_event_id)} ${String(event.id)}` };
      };
      const db = withStatements(context.db, {
        statement: (statement) => withRows(statement, 'absent_stripe_events', another),
        rows: (statement, rows) => {
          for (const event of rowsOfClause(statement, 'absent_stripe_events')) kept.add(nameOf(event));
          const [, , events = []] = (statement.values ?? []) as readonly [unknown, unknown, readonly string[]];
          // Only a push asks about one event alone.
          return statement.name === 'find_known_stripe_events' && events.length === 1 ? [] : rows;
        },
      });
      return { ...rest, context: { ...context, db } };
    },
  },
  {
    name: 'acknowledged_before_stored',
    thread: 'https://github.com/getlago/lago-api/pull/2972',
    breaks: 'A pushed event is acknowledged first and stored afterwards, by whoever comes to it.',
    caughtBy: ['acknowledged_is_kept'],
    shortStory: { seed: 1, actions: ['card_attach'], faults: ['none'], steps: 3 },
    caughtAt: { seed: 1, seedsPlayed: 1, rule: 'acknowledged_is_kept' },
    plant: ({ context, ...rest }, acts) => {
      const { db } = context;
      const later: Context['db'] = {
        ...db,
        async query(statement) {
          const isPush = hasClause(statement, 'absent_stripe_events') && !hasClause(statement, 'finish_jobs');
          if (!isPush) return db.query(statement);
          acts();
          context.spawn('storing', async () => {
            await db.query(statement);
          });
          return [];
        },
      };
      return { ...rest, context: { ...context, db: later } };
    },
  },
  {
    name: 'cancelled_intent_left_pending',
    thread: 'https://github.com/getlago/lago-api/pull/3870',
    breaks: 'Nobody listens when an intent is cancelled at Stripe: its invoice waits for it for ever.',
    caughtBy: ['payments_stand_as_at_stripe'],
    shortStory: {
      seed: 2,
      actions: ['invoice_create', 'time_passes', 'intent_cancelled_at_stripe', 'intent_cancelled_at_stripe'],
      faults: ['none'],
      steps: 40,
    },
    caughtAt: { seed: 2, seedsPlayed: 2, rule: 'payments_stand_as_at_stripe' },
    plant: (product, acts) =>
      withHandlers(product, (handler, type) =>
        type === 'payment_intent.canceled'
          ? (context, event) => {
              acts();
              return nothingOf(context, event);
            }
          : handler,
      ),
  },
  {
    name: 'lost_event_never_asked_for',
    thread: 'https://github.com/aasmanj/altarwed/issues/209',
    breaks: 'What a push did not bring is not asked for: the list of events is never read.',
    caughtBy: [
      'intents_have_invoices',
      'payments_stand_as_at_stripe',
      'customers_equal',
      'refunds_equal',
      'disputes_equal',
    ],
    shortStory: { seed: 1, actions: ['card_attach'], faults: ['event_drop'], steps: 10 },
    caughtAt: { seed: 2, seedsPlayed: 2, rule: 'refunds_equal' },
    plant: (product, acts) =>
      withJob(product, ['poll_stripe_events'], () => async (context, job) => {
        acts();
        return doesNothing(context, job);
      }),
  },
];

/** Nobody waits for another who works on the same object. */
const atOnce = (job: Row): Row => (job.kind === 'apply_stripe_event' ? { ...job, key: null } : job);

const doesNothing: JobHandler = async () => nothingToDo();

interface Believing {
  /** By object: when the event was made whose snapshot was taken last. */
  readonly latest: Map<string, number>;
  acts(): void;
}

/** Takes the event's own snapshot for what Stripe holds, if it is later than what was taken before. */
const believing =
  (handler: StripeEventHandler, { latest, acts }: Believing): StripeEventHandler =>
  async (context, event) => {
    const object = `${event.connection.id} ${event.objectId}`;
    const toldAt = await toldAtOf(context, event);
    acts();
    if (toldAt <= (latest.get(object) ?? 0)) return nothingOf(context, event);
    const stripe = withCalls(context.stripe, async ({ name, args, send }) =>
      name.endsWith('.retrieve') && args[0] === event.objectId ? event.object : send(args),
    );
    const result = await handler({ ...context, stripe }, event);
    if (result.kind === 'applied') latest.set(object, toldAt);
    return result;
  };

async function toldAtOf(context: Context, { environmentId, connection, id }: StripeEvent): Promise<number> {
  const [row] = await context.db.query({
    text: 'select occurred_at from stripe_events where environment_id = $1 and connection_id = $2 and stripe_event_id = $3',
    values: [environmentId, connection.id, id],
  });
  return row?.occurred_at as number;
}
