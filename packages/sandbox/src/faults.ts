/** What is broken on purpose, how often, and where. */
export interface FaultRule {
  readonly kind: FaultKind;
  /** Only this account; every account when left out. */
  readonly account?: string;
  /** "POST /v1/payment_intents/*", a star for one path segment or for the method, `**` for any rest. */
  readonly request?: string;
  /** "invoice.*", for kinds that begin with `event_`. */
  readonly event?: string;
  /** How often it strikes before it is used up; for ever when left out. */
  readonly times?: number;
  /** How many matches pass unharmed first. */
  readonly after?: number;
  /** Between 0 and 1; always when left out. */
  readonly probability?: number;
  readonly status?: number;
  /** The inside of `error`. */
  readonly error?: Readonly<Record<string, unknown>>;
  readonly delayMs?: number;
  /** What Stripe wants more of the account, for `requirement_raised`: "identity.individual.email". */
  readonly description?: string;
  /** By when, in seconds of the account's clock; some day when left out. */
  readonly dueInSeconds?: number;
  /** What was wrong with what was there. */
  readonly code?: string;
}

export type FaultKind =
  | 'account_deauthorized'
  | 'cut_after_commit'
  | 'cut_before_commit'
  | 'delay'
  | 'event_delay'
  | 'event_drop'
  | 'event_duplicate'
  | 'event_reorder'
  | 'event_twin'
  | 'key_revoked'
  | 'lock_timeout'
  | 'rate_limit'
  | 'requirement_raised'
  | 'status';

export const faultKinds: readonly FaultKind[] = [
  'account_deauthorized',
  'cut_after_commit',
  'cut_before_commit',
  'delay',
  'event_delay',
  'event_drop',
  'event_duplicate',
  'event_reorder',
  'event_twin',
  'key_revoked',
  'lock_timeout',
  'rate_limit',
  'requirement_raised',
  'status',
];

export interface ActiveFault extends FaultRule {
  readonly id: string;
  readonly matched: number;
  readonly struck: number;
}

const rulesMax = 1_000;
const reorderWindowMs = 2_000;

/** The rules of one sandbox. Chance comes from the sandbox's seeded source, so that a run repeats. */
export class Faults {
  readonly #random: () => number;
  #rules: ActiveFault[] = [];
  #nextNumber = 1;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** Adds a rule and gives its id. */
  add(rule: FaultRule): string {
    const id = `fault_${this.#nextNumber}`;
    this.#nextNumber += 1;
    this.#rules.push({ ...rule, id, matched: 0, struck: 0 });
    if (this.#rules.length > rulesMax) this.#rules.shift();
    return id;
  }

  list(): readonly ActiveFault[] {
    return this.#rules;
  }

  remove(id: string): boolean {
    const before = this.#rules.length;
    this.#rules = this.#rules.filter((rule) => rule.id !== id);
    return this.#rules.length < before;
  }

  clear(): void {
    this.#rules = [];
  }

  /** The first rule that strikes this request. */
  forRequest(accountId: string, method: string, path: string): FaultRule | undefined {
    if (this.#rules.length === 0) return undefined;
    return this.#strike(
      accountId,
      (rule) => !rule.kind.startsWith('event_') && requestMatches(rule.request, method, path),
    );
  }

  /** How often and how late an event is to be sent. */
  forEvent(accountId: string, type: string): { copies: number; delayMs: number } {
    const usual = { copies: 1, delayMs: 0 };
    if (this.#rules.length === 0) return usual;
    const rule = this.#strike(
      accountId,
      (one) => one.kind.startsWith('event_') && one.kind !== 'event_twin' && eventMatches(one.event, type),
    );
    if (rule === undefined) return usual;
    if (rule.kind === 'event_drop') return { copies: 0, delayMs: 0 };
    if (rule.kind === 'event_duplicate') return { copies: 2, delayMs: 0 };
    if (rule.kind === 'event_delay') return { copies: 1, delayMs: rule.delayMs ?? reorderWindowMs };
    return { copies: 1, delayMs: Math.floor(this.#random() * (rule.delayMs ?? reorderWindowMs)) };
  }

  /** Whether a change is told by two events instead of one. */
  isTwinned(accountId: string, type: string): boolean {
    if (this.#rules.length === 0) return false;
    return this.#strike(accountId, (one) => one.kind === 'event_twin' && eventMatches(one.event, type)) !== undefined;
  }

  #strike(accountId: string, matches: (rule: FaultRule) => boolean): FaultRule | undefined {
    for (const [position, rule] of this.#rules.entries()) {
      if (rule.account !== undefined && rule.account !== accountId) continue;
      if (rule.times !== undefined && rule.struck >= rule.times) continue;
      if (!matches(rule)) continue;
      const passes = rule.matched < (rule.after ?? 0) || this.#random() >= (rule.probability ?? 1);
      this.#rules[position] = { ...rule, matched: rule.matched + 1, struck: rule.struck + (passes ? 0 : 1) };
      if (!passes) return rule;
    }
    return undefined;
  }
}

const requestMatches = (pattern: string | undefined, method: string, path: string): boolean => {
  if (pattern === undefined) return true;
  const [wantedMethod = '*', wantedPath = '**'] = pattern.includes(' ') ? pattern.split(' ') : ['*', pattern];
  if (wantedMethod !== '*' && wantedMethod !== method) return false;
  const wanted = wantedPath.split('/');
  const given = path.split('/');
  for (const [position, segment] of wanted.entries()) {
    if (segment === '**') return true;
    if (given[position] === undefined || (segment !== '*' && segment !== given[position])) return false;
  }
  return wanted.length === given.length;
};

const eventMatches = (pattern: string | undefined, type: string): boolean => {
  if (pattern === undefined || pattern === '*') return true;
  return pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : pattern === type;
};
