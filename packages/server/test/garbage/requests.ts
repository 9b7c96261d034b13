import { PROBLEMS } from '@tollbridge/server/problems/index';
import type { Body, Reply } from '@tollbridge/simulation';
import { anyJson, type Ids, validValue, wrongId } from './bodies.js';
import { nounOf, type Operation, type Parameter } from './document.js';
import { mutated, mutation } from './mutate.js';
import { jsonText, strangeText } from './rubbish.js';
import { fc } from './runs.js';

/** One request as it is sent. */
export interface Thrown {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

const MUTATIONS_MAX = 3;
export const JSON_TYPE = { 'content-type': 'application/json' };

/** Requests for an operation, most of them wrong in one or a few places and right in all others. */
export function thrownAt(operation: Operation, ids: Ids): fc.Arbitrary<Thrown> {
  const parts = fc.record({
    path: pathOf(operation, ids),
    query: queryOf(operation, ids),
    body: bodyOf(operation, ids),
    idempotency: idempotencyKey,
  });
  return parts.map(({ path, query, body, idempotency }) => ({
    method: operation.method,
    url: query === '' ? path : `${path}?${query}`,
    headers: {
      ...(body === undefined ? {} : JSON_TYPE),
      ...(idempotency === null ? {} : { 'idempotency-key': idempotency }),
    },
    body,
  }));
}

/** Mostly an id of its own noun: rubbish in the body is to meet an object that is there. */
function pathOf(operation: Operation, ids: Ids): fc.Arbitrary<string> {
  const holes = operation.path.split(/\{[^}]+\}/);
  const own = ids.of[nounOf(operation)] ?? [];
  const rightId = own.length === 0 ? wrongId(ids) : fc.constantFrom(...own);
  const id = fc.oneof(
    { weight: 8, arbitrary: rightId },
    { weight: 2, arbitrary: wrongId(ids) },
    { weight: 1, arbitrary: strangeText.map(encoded) },
    { weight: 1, arbitrary: fc.constantFrom('%', '%zz', '%00', '%2e%2e', '..%2f', '%ff%fe', '%c0%af', '*', ':id') },
  );
  const used = fc.array(id, { minLength: holes.length - 1, maxLength: holes.length - 1 });
  return used.map((each) => holes.map((part, index) => part + (each[index] ?? '')).join(''));
}

/** Half of a pair of surrogates has no encoding at all; what a careless client sends in its place is a question mark. */
export const encoded = (text: string): string => encodeURIComponent(text.replace(/\p{Surrogate}/gu, '?'));

function queryOf(operation: Operation, ids: Ids): fc.Arbitrary<string> {
  const rare = fc.constantFrom(
    'x=1',
    'limit=1&limit=2',
    '__proto__=1',
    'limit[]=1',
    'a[b][c]=d',
    '&&&',
    '=',
    '%=%',
    '%zz=1',
  );
  if (operation.query.length === 0)
    return fc.oneof({ weight: 12, arbitrary: fc.constant('') }, { weight: 1, arbitrary: rare });
  const one = fc.oneof(
    { weight: 6, arbitrary: fc.oneof(...operation.query.map((parameter) => pair(parameter, ids))) },
    { weight: 1, arbitrary: rare },
  );
  return fc.array(one, { maxLength: 3 }).map((pairs) => pairs.join('&'));
}

function pair({ name, schema }: Parameter, ids: Ids): fc.Arbitrary<string> {
  const isCursor = name === 'starting_after' || name === 'ending_before';
  const good = isCursor ? wrongId(ids) : validValue(schema, name, ids).map((value) => String(value));
  return fc
    .oneof(
      { weight: 3, arbitrary: good },
      { weight: 3, arbitrary: strangeText },
      { weight: 1, arbitrary: wrongId(ids) },
    )
    .map((value) => `${name}=${encoded(value)}`);
}

/** Operations without a body get one now and then: what is not taken must be refused and not dropped. */
function bodyOf(operation: Operation, ids: Ids): fc.Arbitrary<string | undefined> {
  if (operation.method === 'GET') return fc.constant(undefined);
  const json = anyJson(ids);
  if (operation.body === null)
    return fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: json.map(jsonText) });
  const good = validValue(operation.body, '', ids);
  const wrong = fc.tuple(good, fc.array(mutation(json), { minLength: 1, maxLength: MUTATIONS_MAX }));
  return fc.oneof(
    { weight: 8, arbitrary: wrong.map(([body, mutations]) => jsonText(mutated(body, mutations))) },
    { weight: 2, arbitrary: good.map(jsonText) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
}

const idempotencyKey: fc.Arbitrary<string | null> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.constantFrom('one', 'two', 'three') },
  { weight: 1, arbitrary: fc.constantFrom('', ' ', 'x'.repeat(255), 'x'.repeat(256), 'x'.repeat(10_000), 'é', 'a\tb') },
);

/** Long sentences about what was wrong would send the rubbish back. */
const REFUSAL_CHARACTERS_MAX = 4_000;

/** What is wrong with an answer; null when it keeps its promises. `isRefused` says that nothing may have changed. */
export function faultOf(reply: Reply): string | null {
  const { status, body, headers } = reply;
  if (!/^req_[0-9a-f]{24}$/.test(String(headers['request-id']))) return 'there is no request id';
  if (status >= 200 && status < 300) return null;
  if (status < 400 || status >= 500) return `the status is ${status}`;
  const { error } = body as { readonly error?: Body };
  const kind = PROBLEMS[error?.code];
  if (kind === undefined) return `the code ${error?.code} is in no table`;
  if (kind.status !== status || kind.type !== error.type) return `${error.code} came as ${status} ${error.type}`;
  if (typeof error.message !== 'string' || error.message === '') return 'the refusal says nothing';
  if (error.request_id !== headers['request-id']) return 'the refusal has another request id than the answer';
  if (error.doc_url !== `/docs/errors#${error.code}`) return 'the refusal leads to no explanation';
  if (JSON.stringify(body).length > REFUSAL_CHARACTERS_MAX) return 'the refusal sends the rubbish back';
  return null;
}
