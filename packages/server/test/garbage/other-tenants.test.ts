import { type Body, createWorld, type Reply, testDatabases, type World } from '@tollbridge/simulation';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Ids, validValue } from './bodies.js';
import { nounOf, OPERATIONS, type Operation, resolved, type Schema } from './document.js';
import { type FilledEnvironment, fillEnvironment, LISTED, newTenant } from './filled-world.js';
import { Watcher } from './fingerprint.js';
import { type Json, jsonText } from './rubbish.js';
import { fc, seed, Tally, timeoutMilliseconds } from './runs.js';

/** Operations that name no object: each with the reason why there is no id of another that could be put into it. */
const WITHOUT_ID: Readonly<Record<string, string>> = {
  'POST /v1/api_keys': 'makes a key of the environment of the key it is asked with',
  'GET /v1/environment': 'the environment of the key',
  'GET /v1/environment/notices': 'what is wrong with the connections of the environment of the key',
  'GET /v1/connection_modes': 'the ways to connect, the same for everybody but for the mode of the environment',
  'GET /v1/environments': 'the environments of the organization of the key',
  'POST /v1/dead_letters/revive': 'by kind, of the environment of the key',
  'POST /v1/environments': 'makes an environment of the organization of the key',
  'GET /v1/event_types': 'the same for everybody',
  'POST /v1/connections': 'makes a connection; what it names are keys of Stripe and a code that counts per environment',
  'POST /v1/legal_entities': 'makes an issuer of the environment of the key',
  'POST /v1/stripe_events/replay': 'by status and type, of the environment of the key',
  'GET /v1/ledger/check': 'the books of the environment of the key',
  'POST /v1/webhook_endpoints': 'makes an endpoint of the environment of the key',
};

/** Operations whose id is not a secret between tenants. */
const OPEN: Readonly<Record<string, string>> = {
  'POST /stripe/webhooks/{connectionId}': 'an address that Stripe is told; the signature decides, and has its own test',
  'POST /stripe/platforms/{platformId}': 'an address that Stripe is told; the signature decides, and has its own test',
};

const isIdField = (name: string): boolean =>
  name.endsWith('_id') || name === 'starting_after' || name === 'ending_before';
const idFieldsOf = (body: Schema | null): string[] => {
  if (body === null) return [];
  const { properties = {}, items, anyOf = [] } = resolved(body);
  const inner = [...Object.values(properties), ...anyOf, ...(items === undefined ? [] : [items])];
  return [...Object.keys(properties).filter(isIdField), ...inner.flatMap(idFieldsOf)];
};
const namesId = ({ path, query, body }: Operation): boolean =>
  path.includes('{') || query.some(({ name }) => isIdField(name)) || idFieldsOf(body).length > 0;

const BODIES_AN_OPERATION = 2;
const SAMPLES_MAX = 100;

describe.each(testDatabases())("another tenant's ids are as unknown as ids that never were, on %s", (database) => {
  let world: World;
  let watcher: Watcher;
  let own: FilledEnvironment;
  /** Another organization, and another environment of our own. */
  let strangers: readonly FilledEnvironment[];
  let readKey: string;
  const tally = new Tally();

  beforeAll(async () => {
    world = await createWorld({ database });
    const fill = (mark: string, secretKey: string) =>
      fillEnvironment(world, { mark, secretKey, stripeKey: `sk_test_sandbox_${mark}` });
    own = await fill('ours', world.secretKey);
    const sister = (await world.request('POST', '/v1/environments', { name: 'Sister' })).body.secret_key;
    const sisterly = await fill('sister', sister);
    // A key looks after all environments of its organization: they know of each other, and of nothing in each other.
    const inSister = { ...sisterly, ids: { ...sisterly.ids, environments: [] } };
    strangers = [await fill('stranger', await newTenant(world, 'Another')), inSister];
    readKey = (await world.request('POST', '/v1/api_keys', { name: 'r', scopes: ['read'] })).body.secret;
    watcher = await Watcher.of(world.context.db);
  }, 120_000);
  afterAll(async () => {
    tally.print(`ids of others at ${OPERATIONS.length} operations on ${database}`);
    await world.close();
  });

  const ids = (): Ids => ({ of: own.ids, foreign: [] });
  const samplesFor = ({ body }: Operation): (string | undefined)[] =>
    body === null ? [undefined] : fc.sample(validValue(body, '', ids()), { seed: seed(), numRuns: 2 }).map(jsonText);

  /** Bodies that are right in themselves: what is refused about them must then be the id. */
  async function bodiesFor(operation: Operation): Promise<(string | undefined)[]> {
    const { body, method, path } = operation;
    if (body === null) return [undefined];
    const samples = fc.sample(validValue(body, '', ids()), { seed: seed(), numRuns: SAMPLES_MAX }).map(jsonText);
    const right: string[] = [];
    for (const sample of samples) {
      if (right.length >= BODIES_AN_OPERATION) break;
      const reply = await send(method, path.replaceAll(/\{[^}]+\}/g, 'no_such_thing'), sample);
      if (reply.status === 404) right.push(sample);
    }
    return right;
  }

  async function send(method: string, url: string, body?: string, key = own.secretKey): Promise<Reply> {
    const reply = await world.request(method, url, body, { headers: headersFor(body), key });
    world.clock.advance(100);
    tally.count(String(reply.status));
    return reply;
  }

  /** What the answer says, whichever id was asked for. */
  const saidOf = (reply: Reply, id: string): string => {
    const { request_id: _ours, ...error } = (reply.body.error ?? {}) as Body;
    const said = reply.body.error === undefined ? reply.body : error;
    return `${reply.status} ${JSON.stringify(said).replaceAll(id, 'ID').replaceAll(encodeURIComponent(id), 'ID')}`;
  };

  /** Asks with the id of another and with one that nothing has: both must be told the same, and nobody's rows change. */
  async function isUnknown(
    stranger: FilledEnvironment,
    id: string,
    ask: (id: string) => Promise<Reply>,
  ): Promise<Reply> {
    const theirs = await ask(id);
    const touched = await watcher.changes();
    const never = neverWas(id);
    expect(saidOf(theirs, id)).toBe(saidOf(await ask(never), never));
    expectNoLeak(stranger, theirs, id);
    if (theirs.status >= 400) expect([theirs.body.error.code, touched]).toEqual([theirs.body.error.code, []]);
    await watcher.changes();
    return theirs;
  }

  function expectNoLeak(stranger: FilledEnvironment, reply: Reply, asked: string | null = null): void {
    const said = JSON.stringify(reply.body);
    for (const mark of stranger.marks) expect(said).not.toContain(mark);
    for (const id of Object.values(stranger.ids).flat()) if (id !== asked) expect(said).not.toContain(id);
  }

  test('every operation names an object, or it is written down why not', () => {
    const without = OPERATIONS.filter((operation) => !namesId(operation)).map(({ name }) => name);
    expect(without.sort()).toEqual(Object.keys(WITHOUT_ID).sort());
  });

  const inPath = OPERATIONS.filter(({ path, name }) => path.includes('{') && OPEN[name] === undefined);
  test.each(inPath)(
    'in the address of $name',
    async (operation) => {
      const noun = nounOf(operation);
      const bodies = await bodiesFor(operation);
      const statuses = new Set<number>();
      for (const stranger of strangers)
        for (const id of [...(stranger.ids[noun] ?? []).slice(0, 2), ...(stranger.ids.customers ?? []).slice(0, 1)])
          for (const body of bodies) {
            const ask = (each: string) => send(operation.method, operation.path.replaceAll(/\{[^}]+\}/g, each), body);
            statuses.add((await isUnknown(stranger, id, ask)).status);
          }
      expect([...statuses]).toEqual([404]);
    },
    timeoutMilliseconds(),
  );

  const inQuery = OPERATIONS.flatMap((operation) =>
    operation.query.filter(({ name }) => isIdField(name)).map(({ name }) => ({ ...operation, field: name })),
  );
  test.each(inQuery)(
    'as $field of $name',
    async ({ method, path, field, ...operation }) => {
      for (const stranger of strangers)
        for (const id of someIds(stranger)) {
          const address = path.replaceAll(/\{[^}]+\}/g, own.ids[nounOf({ path, method, ...operation })]?.[0] ?? 'none');
          await isUnknown(stranger, id, (each) => send(method, `${address}?${field}=${encodeURIComponent(each)}`));
        }
    },
    timeoutMilliseconds(),
  );

  const inBody = OPERATIONS.flatMap((operation) =>
    [...new Set(idFieldsOf(operation.body))].map((field) => ({ ...operation, field })),
  );
  test.each(inBody)(
    'as $field in the body of $name',
    async ({ field, ...operation }) => {
      const { body: schema } = operation;
      if (schema === null) throw new Error('an operation with a field has a body');
      const address = operation.path.replaceAll(/\{[^}]+\}/g, own.ids[nounOf(operation)]?.[0] ?? 'none');
      for (const stranger of strangers)
        for (const id of someIds(stranger))
          for (const body of fc.sample(validValue(schema, '', ids()), { seed: seed(), numRuns: BODIES_AN_OPERATION })) {
            const ask = (each: string) => send(operation.method, address, jsonText(withField(body, field, each)));
            const reply = await isUnknown(stranger, id, ask);
            expect(reply.status).toBeGreaterThanOrEqual(400);
          }
    },
    timeoutMilliseconds(),
  );

  test('no list and no search shows anything of another', async () => {
    const texts = ['email=payer%40stranger.example', 'external_id=stranger_payer', 'external_id=sister_payer'];
    const urls = [...LISTED.map((noun) => `/v1/${noun}?limit=100`), ...texts.map((each) => `/v1/customers?${each}`)];
    const own = ['environment', 'environment/notices', 'ledger/balances', 'ledger/transactions?limit=100'];
    for (const url of [...urls, ...own.map((each) => `/v1/${each}`)])
      for (const stranger of strangers) expectNoLeak(stranger, await send('GET', url));
    for (const each of texts) expect((await send('GET', `/v1/customers?${each}`)).body.data).toEqual([]);
  });

  test('one idempotency key in two environments names two requests', async () => {
    for (const operation of OPERATIONS.filter(({ method, isKeyed }) => method !== 'GET' && isKeyed)) {
      const [stranger] = strangers;
      if (stranger === undefined) throw new Error('there is another tenant');
      const [first, second] = samplesFor(operation);
      const address = operation.path.replaceAll(/\{[^}]+\}/g, 'no_such_thing');
      const ask = (key: string, body: string | undefined) =>
        world.request(operation.method, address, body, {
          key,
          idempotencyKey: `shared ${operation.name}`,
          headers: headersFor(body),
        });
      await ask(stranger.secretKey, first);
      for (const body of [first, second]) {
        const reply = await ask(own.secretKey, body);
        if (body === first) expect(reply.body.error?.code).not.toBe('idempotency_key_reused');
        expectNoLeak(stranger, reply);
      }
      world.clock.advance(1_000);
    }
  });

  test('a key that may only read does nothing else', async () => {
    await watcher.changes();
    for (const operation of OPERATIONS.filter(({ method, isKeyed }) => method !== 'GET' && isKeyed)) {
      const address = operation.path.replaceAll(/\{[^}]+\}/g, own.ids[nounOf(operation)]?.[0] ?? 'none');
      const reply = await send(operation.method, address, samplesFor(operation)[0], readKey);
      expect([operation.name, reply.body.error?.code]).toEqual([operation.name, 'scope_missing']);
    }
    expect(await watcher.changes()).toEqual([]);
  });
});

const headersFor = (body: string | undefined): Record<string, string> =>
  body === undefined ? {} : { 'content-type': 'application/json' };

/** One id of each noun. */
const someIds = ({ ids }: FilledEnvironment): string[] => Object.values(ids).flatMap((each) => each.slice(0, 1));

/** An id of the same form that nothing has. */
const neverWas = (id: string): string => {
  const at = id.lastIndexOf('_') + 1;
  return id.slice(0, at) + '0'.repeat(id.length - at);
};

/** The same body with an id in this field, wherever in it the field stands. */
function withField(body: Json, field: string, id: string): Json {
  const { [field]: _old, ...rest } = body as { readonly [name: string]: Json };
  if (field === 'invoice_line_id') return { ...without(rest, 'amount'), lines: [{ invoice_line_id: id }] };
  if (field === 'payment_id') return { ...without(rest, 'invoice_id'), payment_id: id };
  if (field === 'invoice_id') return { ...without(rest, 'payment_id'), invoice_id: id };
  return { ...rest, [field]: id };
}

const without = (body: { readonly [name: string]: Json }, field: string): { readonly [name: string]: Json } =>
  Object.fromEntries(Object.entries(body).filter(([name]) => name !== field));
