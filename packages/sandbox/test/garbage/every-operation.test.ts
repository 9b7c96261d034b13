import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contract } from '../../src/contract/contract.js';
import { refusalMisfits } from '../../src/contract/refusal-check.js';
import { answerMisfits } from '../../src/contract/response-check.js';
import { isOfApi } from '../../src/testing/contract-misfits.js';
import { latestVersion } from '../../src/versions.js';
import { FilledSandbox, type Reply, type Thrown } from './filled-sandbox.js';
import { formText } from './form-text.js';
import { parametersOf, pathOf } from './parameters.js';
import { strangeText, strangeValue, type Value } from './rubbish.js';
import { fc, Tally, thrown, timeoutMilliseconds } from './runs.js';

const REQUESTS_AN_OPERATION = 25;
/** Far less than a search that grows with its input takes, on the busiest machine. */
const ANSWER_MILLISECONDS_MAX = 3_000;
/** What moved though it was refused: a declined card leaves its failed charge, as at Stripe. */
const DECLINED = 402;

let filled: FilledSandbox;
const tally = new Tally();

beforeAll(() => {
  filled = new FilledSandbox();
});
afterAll(() => tally.print(`garbage at ${Object.keys(contract.operations).length} operations of the contract`));

const nameOf = ({ status, json }: Reply): string => {
  const error = json?.error as { readonly code?: string; readonly type?: string } | undefined;
  return status < 300 ? 'done' : `${status} ${error?.code ?? error?.type ?? 'without a reason'}`;
};

/** No crash, an answer of Stripe's shape, and nothing written where it says no. */
function holds(request: Thrown): Reply {
  const began = performance.now();
  const reply = filled.throw(request);
  expect(performance.now() - began).toBeLessThan(ANSWER_MILLISECONDS_MAX);
  tally.count(nameOf(reply));
  expect([reply.status < 500, reply.text]).toEqual([true, reply.text]);
  expect(reply.status).not.toBe(0);
  if (reply.status < 300 || reply.json === null) return reply;
  const { status, json: content } = reply;
  const path = request.url.split('?')[0] ?? '';
  if (isOfApi(path)) {
    expect([request, refusalMisfits({ path, status, version: latestVersion, content })]).toEqual([request, []]);
  } else expect(content.error).toMatchObject({ type: expect.any(String), message: expect.any(String) });
  if (reply.status !== DECLINED) expect([reply.text, reply.written]).toEqual([reply.text, []]);
  return reply;
}

const requestFor = (operation: string): fc.Arbitrary<Thrown> => {
  const [method = '', pattern = ''] = operation.split(' ');
  const isJson = pattern.startsWith('/v2/');
  return fc.tuple(pathOf(pattern, filled.known), parametersOf(operation, filled.known)).map(([url, parameters]) => {
    const text = formText(parameters);
    if (method !== 'POST') return { method, url: text === '' ? url : `${url}?${text}` };
    return { method, url, body: isJson ? JSON.stringify(parameters) : text };
  });
};

describe('whatever is asked of an operation of the contract is answered as Stripe answers, and what is refused changes nothing', () => {
  test.each(Object.keys(contract.operations))(
    '%s',
    (operation) => {
      fc.assert(
        fc.property(requestFor(operation), (request) => {
          const reply = holds(request);
          if (reply.status < 300 && reply.json !== null)
            expect([request, answerMisfits(operation, reply.json)]).toEqual([request, []]);
        }),
        thrown(REQUESTS_AN_OPERATION),
      );
    },
    timeoutMilliseconds(),
  );

  test('enough of it was let through that not only the first look was tried', () => {
    expect(tally.of('done')).toBeGreaterThan(500);
  });
});

test('headers of any kind are refused or borne', () => {
  const header = fc.constantFrom(
    'authorization',
    'stripe-version',
    'stripe-account',
    'stripe-context',
    'idempotency-key',
    'content-type',
  );
  fc.assert(
    fc.property(fc.constantFrom('GET', 'POST', 'DELETE', 'PUT', ''), header, strangeText, (method, name, value) => {
      // A key of another account may be among them: what it makes is its own.
      const reply = filled.throw({ method, url: '/v1/customers', body: 'name=x', headers: { [name]: value } });
      expect([reply.status < 500, reply.text]).toEqual([true, reply.text]);
      tally.count(nameOf(reply));
    }),
    thrown(300),
  );
});

test('addresses and bodies of any kind are refused or borne', () => {
  const place = fc.constantFrom(
    '/',
    '/v1/',
    '/v1/customers',
    '/v2/core/events',
    '/pay/',
    '/v3',
    '/oauth/token',
    '/v1/files',
    '/stripecli/',
  );
  fc.assert(
    fc.property(fc.constantFrom('GET', 'POST', 'DELETE'), place, strangeText, strangeText, (method, at, more, body) => {
      holds({ method, url: `${at}${more}`, body });
    }),
    thrown(400),
  );
});

const CONTROLS = [
  'clock',
  'keys',
  'accounts',
  'faults',
  'webhook_secrets',
  'settlement',
  'collection',
  'disputes',
  'search',
  'rate_limits',
  'events',
  'connections',
  'objects',
  'deliveries',
  'requests',
  'health',
  '',
];
const CONTROL_FIELDS = [
  'now',
  'advance_seconds',
  'mode',
  'rate',
  'permissions',
  'revoked',
  'default_version',
  'request',
  'times',
  'probability',
  'status',
  'error',
  'delayMs',
  'endpoint',
  'expires_in_seconds',
  'currency',
  'rates',
  'retry_delays_seconds',
  'after_retries',
  'overdue_days',
  'dispute',
  'outcome',
  'lag_seconds',
  'enforced',
  'type',
  'object',
  'platform',
];

describe('the sandbox’s own controls bear whatever is asked of them', () => {
  // They may do as they are told, so each has a sandbox of its own: one that is to break every request does so.
  test.each(CONTROLS)('/_sandbox/%s', (noun) => {
    const fields = fc.dictionary(fc.constantFrom(...CONTROL_FIELDS), strangeValue, {
      maxKeys: 4,
      noNullPrototype: true,
    });
    const own = new FilledSandbox();
    fc.assert(
      fc.property(fc.constantFrom('GET', 'POST', 'DELETE'), fields, strangeText, (method, given, id) => {
        const body: Readonly<Record<string, Value>> = { key: 'sk_test_garbage', ...given };
        const url = `/_sandbox/${noun}${id === '' ? '' : `/${encodeURIComponent(Buffer.from(id).toString())}`}`;
        const reply = own.throw({ method, url, body: method === 'GET' ? '' : JSON.stringify(body) });
        expect([given, reply.status < 500, reply.text]).toEqual([given, true, reply.text]);
        tally.count(`control ${reply.status}`);
        own.sandbox.faults.clear();
        const after = own.throw({
          method: 'GET',
          url: '/v1/balance',
          headers: { authorization: 'Bearer sk_test_after' },
        });
        expect([given, after.status]).toEqual([given, 200]);
      }),
      thrown(60),
    );
  });
});

describe('a hosted page bears whatever is sent to it', () => {
  const NAMES = [
    ...['card', 'email', 'outcome', 'choice', 'number', '__proto__', 'name', ''],
    ...['action', 'details', 'entity_type', 'website', 'tax_id', 'date_of_birth', 'test_person', 'account_number'],
    ...['decision', 'role', 'account'],
  ];

  test.each([0, 1, 2, 3, 4, 5, 6, 7])('page %i', (at) => {
    const form = fc.dictionary(fc.constantFrom(...NAMES), strangeText, { maxKeys: 4, noNullPrototype: true });
    fc.assert(
      fc.property(fc.constantFrom('GET', 'POST'), form, strangeText, (method, fields, query) => {
        // Each time one that nobody has used.
        const own = new FilledSandbox();
        const { pathname, search } = new URL(own.known.get('page')?.[at] ?? '');
        const more = encodeURIComponent(Buffer.from(query).toString());
        const url = `${pathname}${search === '' ? '?' : `${search}&`}${more}`;
        const reply = own.throw({ method, url, body: formText(fields) });
        expect([reply.status < 500, reply.text]).toEqual([true, reply.text]);
        tally.count(`page ${reply.status}`);
      }),
      thrown(60),
    );
  });
});
