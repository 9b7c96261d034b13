import { invalidRequest } from './errors.js';
import { type FaultKind, type FaultRule, faultKinds } from './faults.js';

type Fields = Readonly<Record<string, unknown>>;
type Reader = (value: unknown, param: string) => unknown;

/**
 * A rule as it was asked for. What is misspelt is refused: a rule without the field that narrows it would strike
 * everywhere, and the test that set it would prove something else.
 */
export const faultRuleFrom = (given: Fields): FaultRule => {
  const fields = Object.entries(given).filter(([, value]) => value !== undefined && value !== null);
  const kind = kindIn(given);
  const known =
    kind === 'requirement_raised' ? requirementFields : kind.startsWith('event_') ? eventFields : requestFields;
  const rule: Record<string, unknown> = { kind };
  for (const [name, value] of fields) {
    if (name === 'kind') continue;
    const read = known[name];
    if (read === undefined) {
      throw invalidRequest(`A fault of kind ${kind} has no field '${name}'.`, { param: name });
    }
    rule[name] = read(value, name);
  }
  if (kind === 'delay' && rule.delayMs === undefined) {
    throw invalidRequest('Say by `delayMs` how late the answer is to be.', { param: 'delayMs' });
  }
  if (kind === 'requirement_raised' && rule.description === undefined) {
    throw invalidRequest('Say by `description` what is wanted, such as identity.individual.email.', {
      param: 'description',
    });
  }
  if (rule.error !== undefined || rule.status !== undefined) requireStatusKind(kind);
  return rule as unknown as FaultRule;
};

const kindIn = ({ kind }: Fields): FaultKind => {
  const found = faultKinds.find((one) => one === kind);
  if (found !== undefined) return found;
  throw invalidRequest(`Invalid kind: must be one of ${faultKinds.join(', ')}`, { param: 'kind' });
};

const requireStatusKind = (kind: FaultKind): void => {
  if (kind === 'status') return;
  throw invalidRequest('`status` and `error` are for faults of kind status.', { param: 'kind' });
};

const text: Reader = (value, param) => {
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw invalidRequest(`Invalid ${param}: give a text that is not empty.`, { param });
};

/** "POST /v1/customers", "/v1/customers/*" or "* /v1/**": anything else would never fit a request. */
const requestPattern: Reader = (value, param) => {
  if (typeof value === 'string' && /^(?:(?:\*|GET|POST|DELETE) )?(?:\/\S*|\*\*)$/.test(value)) return value;
  throw invalidRequest('Invalid request: give one such as POST /v1/payment_intents/*', { param });
};

const within =
  (least: number, most: number, isWhole = true): Reader =>
  (value, param) => {
    if (typeof value === 'number' && value >= least && value <= most && (!isWhole || Number.isInteger(value))) {
      return value;
    }
    throw invalidRequest(`Invalid ${param}: give a ${isWhole ? 'whole ' : ''}number from ${least} to ${most}.`, {
      param,
    });
  };

const errorFields: Reader = (value, param) => {
  if (typeof value === 'object' && !Array.isArray(value)) return value;
  throw invalidRequest('Invalid error: give its fields, such as { "code": "card_declined" }.', { param });
};

/** As `POST requirements` takes it. */
const requirementPath: Reader = (value, param) => {
  if (typeof value === 'string' && /^[a-z0-9_.]{1,200}$/.test(value)) return value;
  throw invalidRequest(`Invalid ${param}: give a path such as identity.individual.email.`, { param });
};

const countMax = 1_000_000;
/** An answer later than this is nobody's to wait for. */
const delayMsMax = 24 * 60 * 60 * 1000;

const anyFields: Readonly<Record<string, Reader>> = {
  account: text,
  times: within(1, countMax),
  after: within(0, countMax),
  probability: within(0, 1, false),
  delayMs: within(0, delayMsMax),
};
const eventFields: Readonly<Record<string, Reader>> = { ...anyFields, event: text };
const requestFields: Readonly<Record<string, Reader>> = {
  ...anyFields,
  request: requestPattern,
  status: within(400, 599),
  error: errorFields,
};
const requirementFields: Readonly<Record<string, Reader>> = {
  ...anyFields,
  request: requestPattern,
  code: text,
  description: requirementPath,
  dueInSeconds: within(0, Number.MAX_SAFE_INTEGER),
};
