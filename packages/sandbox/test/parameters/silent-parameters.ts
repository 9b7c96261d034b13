import { createCheckedSandbox } from '../../src/testing/checked-sandbox.js';
import { seeded } from '../../src/testing/running-sandbox.js';
import { latestVersion } from '../../src/versions.js';
import { formText } from '../garbage/form-text.js';
import { type NestedParameter, nestedParametersOf, type Params, type Value } from './nested-parameters.js';

/** A request that is taken as it is, and what must be there before it: words in <> are ids of what was made. */
export interface TakenRequest {
  readonly operation: string;
  readonly params: Params;
  /** Names of what is made first. */
  readonly after?: readonly string[];
}

const startMs = Date.parse('2030-03-01T09:00:00Z');
const key = 'sk_test_nested';

interface Maker {
  readonly url: string;
  readonly params: Params;
  /** Where the id stands that is meant; left out, it is the id of what was made. */
  readonly field?: string;
}

/** What there may be before a request, each made by a request of its own. */
const makers: Readonly<Record<string, Maker>> = {
  customer: { url: '/v1/customers', params: { email: 'jo@example.com' } },
  method: { url: '/v1/payment_methods/pm_card_visa/attach', params: { customer: '<customer>' } },
  product: { url: '/v1/products', params: { name: 'Mug' } },
  price: { url: '/v1/prices', params: { currency: 'usd', unit_amount: 900, product: '<product>' } },
  plan: {
    url: '/v1/prices',
    params: { currency: 'usd', unit_amount: 900, product: '<product>', recurring: { interval: 'month' } },
  },
  coupon: { url: '/v1/coupons', params: { percent_off: 10, duration: 'forever' } },
  intent: { url: '/v1/payment_intents', params: { amount: 900, currency: 'usd' } },
  setup: { url: '/v1/setup_intents', params: {} },
  item: { url: '/v1/invoiceitems', params: { customer: '<customer>', amount: 900, currency: 'usd' } },
  draft: { url: '/v1/invoices', params: { customer: '<customer>', pending_invoice_items_behavior: 'include' } },
  charge: {
    url: '/v1/payment_intents',
    params: {
      amount: 900,
      currency: 'usd',
      payment_method: 'pm_card_visa',
      confirm: true,
      return_url: 'https://shop.example/done',
    },
    field: 'latest_charge',
  },
  held: {
    url: '/v1/payment_intents',
    params: {
      amount: 900,
      currency: 'usd',
      capture_method: 'manual',
      payment_method: 'pm_card_visa',
      confirm: true,
      return_url: 'https://shop.example/done',
    },
  },
  code: { url: '/v1/promotion_codes', params: { promotion: { type: 'coupon', coupon: '<coupon>' } } },
  configuration: {
    url: '/v1/billing_portal/configurations',
    params: { features: { customer_update: { enabled: true, allowed_updates: { 0: 'email' } } } },
  },
  open: { url: '/v1/invoices/<draft>/finalize', params: {} },
  subscription: {
    url: '/v1/subscriptions',
    params: {
      customer: '<customer>',
      default_payment_method: '<method>',
      items: { 0: { price: '<plan>' } },
    },
  },
};

/** How one request went: what it was answered, and what it wrote. */
interface Outcome {
  readonly status: number;
  readonly text: string;
}

/** Everything anew, with the same chance and the same time: two requests that mean the same are the same to the byte. */
const outcomeOf = ({ operation, after = [] }: TakenRequest, params: Params): Outcome => {
  const written: unknown[] = [];
  const sandbox = createCheckedSandbox({
    now: () => startMs,
    random: seeded(5),
    journal: { append: (entry) => written.push(entry) },
  });
  const ids = new Map<string, string>();
  const filled = (text: string): string => text.replace(/<(\w+)>/g, (_all, name) => ids.get(name) ?? '');
  const call = (method: string, url: string, fields: Params) => {
    const body = method === 'GET' ? '' : filled(formText(fields).replace(/%3C(\w+)%3E/g, '<$1>'));
    const headers = { authorization: `Bearer ${key}`, 'stripe-version': latestVersion };
    const answer = sandbox.handle({ method, url: filled(url), body, headers });
    if (answer.kind === 'cut') throw new Error('cut');
    return answer;
  };
  for (const name of after) {
    const { url, params: given, field = 'id' } = makers[name] ?? { url: '', params: {} };
    const answer = call('POST', url, given);
    if (answer.status >= 300) throw new Error(`${name}: ${answer.body}`);
    ids.set(name, String((JSON.parse(answer.body) as Record<string, unknown>)[field]));
  }
  written.length = 0;
  const [method = '', path = ''] = operation.split(' ');
  const last = after.at(-1) ?? '';
  const { status, body } = call(method, path.replace('*', `<${last}>`), params);
  return { status, text: `${withoutLogs(body)} ${JSON.stringify(written)}` };
};

/** The log of a request holds what it was asked: every parameter would have that effect. */
const withoutLogs = (body: string): string => body.replace(/req_\w+/g, '');

export const nameOf = ([first = '', ...rest]: readonly string[]): string =>
  [first, ...rest.map((step) => `[${step === '0' ? '' : step}]`)].join('');

/** The nested parameters that are taken and change nothing, neither in the answer nor in what is kept nor in events. */
export const silentParametersOf = (request: TakenRequest): string[] => {
  const plain = outcomeOf(request, request.params);
  if (plain.status !== 200) throw new Error(`${request.operation} is not taken: ${plain.text.slice(0, 400)}`);
  return nestedParametersOf(request.operation)
    .filter((parameter) => !isGiven(request.params, parameter.path) && isSilent(request, plain, parameter))
    .map(({ path }) => nameOf(path));
};

/** Whichever value it is given. */
const isSilent = (request: TakenRequest, plain: Outcome, { path, values, beside }: NestedParameter): boolean => {
  const above = path.slice(0, -1);
  const holder = withMembers(request.params, above, beside);
  const held = Object.keys(beside).length === 0 ? plain : outcomeOf(request, holder);
  const without = held.status === 200 ? held : plain;
  return values.every((value) => {
    const given = outcomeOf(request, withMembers(holder, above, { [path.at(-1) ?? '']: value }));
    return given.status === 200 && given.text === without.text;
  });
};

const isGiven = (params: Params, path: readonly string[]): boolean => {
  const [first = '', ...rest] = path;
  const value = params[first];
  if (value === undefined) return false;
  return rest.length === 0 || (typeof value === 'object' && isGiven(value as Params, rest));
};

/** With these members in the hash at that path; what stands there already stays. */
const withMembers = (params: Params, path: readonly string[], members: Params): Params => {
  const [first, ...rest] = path;
  if (first === undefined) return { ...members, ...params };
  const inner = params[first];
  const hash = typeof inner === 'object' ? (inner as Params) : {};
  const made = withMembers(hash, rest, members);
  return Object.keys(made).length === 0 ? params : { ...params, [first]: made as Value };
};
