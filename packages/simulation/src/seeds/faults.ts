import type { Universe } from './universe.js';

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

/** One of Stripe's operations, or any: some faults should hit reads too. */
const somewhere = (universe: Universe): string =>
  universe.random.chance(0.7) ? universe.random.pick(MONEY_WRITES) : '* /v1/**';

const onRequests =
  (kind: 'cut_after_commit' | 'cut_before_commit' | 'rate_limit' | 'lock_timeout') => (universe: Universe) => {
    universe.sandbox.faults.add({ kind, request: somewhere(universe), times: 1 + universe.random.below(3) });
  };

const onEvents = (kind: 'event_delay' | 'event_drop' | 'event_duplicate' | 'event_reorder') => (universe: Universe) => {
  const times = 1 + universe.random.below(6);
  universe.sandbox.faults.add({ kind, times, ...(kind === 'event_delay' ? { delayMs: 90_000 } : {}) });
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

/** Stripe is not to be reached by anybody, or breaks off after the deed, until the weather changes. */
const outage = (universe: Universe): void => {
  const kind = universe.random.pick(['cut_before_commit', 'cut_after_commit'] as const);
  universe.sandbox.faults.add({ kind, request: '* /v1/**', times: OUTAGE_REQUESTS });
};

const OUTAGE_REQUESTS = 10_000;

/** Everything that can go wrong between the parts, each with how often it is picked. */
export const FAULTS: readonly Fault[] = [
  { name: 'none', weight: 30, begin: () => {} },
  { name: 'server_error', weight: 8, begin: serverError },
  { name: 'cut_before', weight: 8, begin: onRequests('cut_before_commit') },
  { name: 'cut_after', weight: 10, begin: onRequests('cut_after_commit') },
  { name: 'rate_limit', weight: 4, begin: onRequests('rate_limit') },
  { name: 'lock_timeout', weight: 4, begin: onRequests('lock_timeout') },
  { name: 'event_delay', weight: 5, begin: onEvents('event_delay') },
  { name: 'event_drop', weight: 5, begin: onEvents('event_drop') },
  { name: 'event_twice', weight: 5, begin: onEvents('event_duplicate') },
  { name: 'event_order', weight: 5, begin: onEvents('event_reorder') },
  {
    name: 'host_down',
    weight: 5,
    begin: (universe) => {
      let left = 1 + universe.random.below(8);
      universe.hosts.answer = () => {
        if (left-- > 0) return { kind: 'unreachable', message: 'the host is down' };
        return { kind: 'answered', status: 200, body: '' };
      };
    },
  },
  {
    name: 'push_lost',
    weight: 4,
    begin: (universe) => {
      universe.pushReaches = false;
    },
  },
  { name: 'outage', weight: 4, begin: outage, stepsMax: 8 },
  { name: 'crash', weight: 12, begin: () => {}, crash: true },
];

/** Everything works again. */
export function clearFaults(universe: Universe): void {
  universe.sandbox.faults.clear();
  universe.pushReaches = true;
  universe.hosts.answer = () => ({ kind: 'answered', status: 200, body: '' });
}

export function pickWeighted<Item extends { readonly weight: number }>(
  universe: Universe,
  items: readonly Item[],
): Item {
  const total = items.reduce((sum, item) => sum + item.weight, 0);
  let point = universe.random.next() * total;
  for (const item of items) {
    point -= item.weight;
    if (point < 0) return item;
  }
  return universe.random.pick(items);
}
