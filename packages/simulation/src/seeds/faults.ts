import type { HostAnswer } from '@tollbridge/server/host-applications';
import type { Universe } from '../stage/universe.js';

/** Something that goes wrong around one action. */
export interface Fault {
  readonly name: string;
  readonly weight: number;
  /** Sets it up before the action. */
  begin(universe: Universe): void;
  /** Kills the process while the action is under way. */
  readonly crash?: boolean;
  /** It stands for up to so many actions more. */
  readonly stepsMax?: number;
}

const MONEY_WRITES = [
  'POST /v1/payment_intents',
  'POST /v1/payment_intents/*/confirm',
  'POST /v1/payment_intents/*/cancel',
  'POST /v1/refunds',
  'POST /v1/customers',
  'POST /v1/customers/*',
  'POST /v1/checkout/sessions',
  'POST /v1/checkout/sessions/*/expire',
];
const OUTAGE_REQUESTS = 10_000;
const EVENT_DELAY_MILLISECONDS = 90_000;
const LATE_SHARE = 0.3;

/** One of Stripe's operations, or any: some faults should hit reads too. */
const somewhere = (universe: Universe): string =>
  universe.random.chance(0.7) ? universe.random.pick(MONEY_WRITES) : '* /v1/**';

const onRequests =
  (kind: 'cut_after_commit' | 'cut_before_commit' | 'rate_limit' | 'lock_timeout') => (universe: Universe) => {
    universe.sandbox.faults.add({ kind, request: somewhere(universe), times: 1 + universe.random.below(3) });
  };

const onEvents = (kind: 'event_delay' | 'event_drop' | 'event_duplicate' | 'event_reorder') => (universe: Universe) => {
  const times = 1 + universe.random.below(6);
  const delay = kind === 'event_delay' ? { delayMs: EVENT_DELAY_MILLISECONDS } : {};
  universe.sandbox.faults.add({ kind, times, ...delay });
};

const serverError = (universe: Universe): void => {
  universe.sandbox.faults.add({
    kind: 'status',
    status: universe.random.pick([500, 502, 503]),
    error: { type: 'api_error', message: 'Something went wrong on the end of the sandbox.' },
    request: somewhere(universe),
    times: 1 + universe.random.below(4),
  });
};

/** A refusal before Stripe looks at the request, also of one that repeats what was done long ago: it proves nothing. */
const refused = (universe: Universe): void => {
  universe.sandbox.faults.add({
    kind: 'status',
    status: universe.random.pick([401, 403]),
    error: { type: 'invalid_request_error', message: 'The key may not do this at the moment.' },
    request: somewhere(universe),
    times: 1 + universe.random.below(4),
  });
};

/** Stripe is not to be reached by anybody, or breaks off after the deed, until the weather changes. */
const outage = (universe: Universe): void => {
  const kind = universe.random.pick(['cut_before_commit', 'cut_after_commit'] as const);
  universe.sandbox.faults.add({ kind, request: '* /v1/**', times: OUTAGE_REQUESTS });
};

const onHosts = (universe: Universe, answers: readonly HostAnswer[]): void => {
  const answer = universe.random.pick(answers);
  let left = 1 + universe.random.below(8);
  universe.hosts.answer = () => (left-- > 0 ? answer : TAKEN);
};

const TAKEN: HostAnswer = { kind: 'answered', status: 200, body: '' };
const DOWN: HostAnswer = { kind: 'unreachable', message: 'the host is down' };
const REFUSING: readonly HostAnswer[] = [500, 503, 400, 429].map((status) => ({ kind: 'answered', status, body: '' }));

/**
 * Everything that can go wrong between the parts, each with how often it is picked. What lasts is picked less often, so that
 * each stands for a twentieth of all steps or more: what is rare meets the rare actions too seldom.
 */
export const FAULTS: readonly Fault[] = [
  { name: 'none', weight: 12, begin: () => {} },
  { name: 'server_error', weight: 5, begin: serverError },
  { name: 'refused', weight: 5, begin: refused },
  { name: 'cut_before', weight: 5, begin: onRequests('cut_before_commit') },
  { name: 'cut_after', weight: 5.5, begin: onRequests('cut_after_commit') },
  { name: 'rate_limit', weight: 5, begin: onRequests('rate_limit') },
  { name: 'lock_timeout', weight: 5, begin: onRequests('lock_timeout') },
  { name: 'event_delay', weight: 5, begin: onEvents('event_delay') },
  { name: 'event_drop', weight: 5, begin: onEvents('event_drop') },
  { name: 'event_twice', weight: 5, begin: onEvents('event_duplicate') },
  { name: 'event_order', weight: 5, begin: onEvents('event_reorder') },
  { name: 'host_down', weight: 5, begin: (universe) => onHosts(universe, [DOWN]) },
  { name: 'host_refuses', weight: 5, begin: (universe) => onHosts(universe, REFUSING) },
  {
    // The host took it and its answer was lost: it is told again, and must know it by its id.
    name: 'host_forgets',
    weight: 5,
    begin: (universe) => {
      onHosts(universe, [DOWN]);
      universe.hosts.keepsAnyway = true;
    },
  },
  {
    name: 'push_lost',
    weight: 5,
    begin: (universe) => {
      universe.pushReaches = false;
    },
  },
  // What he fetched grows old meanwhile: whatever he decides by it comes after what others saw later.
  { name: 'late_answer', weight: 0.82, begin: (universe) => universe.scheduler.delayAnswers(LATE_SHARE), stepsMax: 15 },
  { name: 'outage', weight: 1.15, begin: outage, stepsMax: 8 },
  { name: 'crash', weight: 5.5, begin: () => {}, crash: true },
];

/** Everything works again. */
export function clearFaults(universe: Universe): void {
  universe.sandbox.faults.clear();
  universe.scheduler.letAnswersCome();
  universe.pushReaches = true;
  universe.hosts.keepsAnyway = false;
  universe.hosts.answer = () => TAKEN;
}
