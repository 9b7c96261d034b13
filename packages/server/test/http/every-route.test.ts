import { readFileSync } from 'node:fs';
import { PROBLEMS } from '@tollbridge/server/problems/index';
import { type Body, createWorld, type Reply, testDatabases, type World } from '@tollbridge/simulation';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InvoiceStory, STRIPE_KEY } from '../invoice-story.js';

const DOCUMENT: Body = JSON.parse(readFileSync(new URL('../../../../openapi.json', import.meta.url), 'utf8'));
const TOO_LARGE_BYTES = 1_048_577;
const NO_SUCH = 'no_such_thing';

interface Operation {
  readonly method: string;
  readonly path: string;
  /** By key; only Stripe's own address is open and proves itself by a signature. */
  readonly isKeyed: boolean;
}

const OPERATIONS: readonly Operation[] = Object.entries(DOCUMENT.paths as Record<string, Record<string, Body>>).flatMap(
  ([path, operations]) =>
    Object.keys(operations).map((method) => ({
      method: method.toUpperCase(),
      path,
      isKeyed: path.startsWith('/v1/'),
    })),
);
const WRITES = OPERATIONS.filter(({ method }) => method !== 'GET');
const WITH_ID = OPERATIONS.filter(({ path }) => path.includes('{'));

describe.each(testDatabases())(
  'every route refuses what it must, in the envelope, and changes nothing, on %s',
  (kind) => {
    let world: World;
    /** An object of the first environment for each noun that the story makes. */
    let ids: Readonly<Record<string, string>>;
    let keyOfOther: string;

    beforeAll(async () => {
      world = await createWorld({ database: kind });
      const story = new InvoiceStory(world);
      const connection = await world.connect(STRIPE_KEY);
      const customer = await story.customerWithCard('pm_card_visa');
      const invoice = await story.invoice(customer, 2000);
      const [payment] = await story.payments(invoice);
      const [method] = (await story.get(`/v1/customers/${customer.id}/payment_methods`)).data;
      const [entity] = (await story.get('/v1/legal_entities')).data;
      const [event] = (await story.get('/v1/events')).data;
      const [key] = (await story.get('/v1/api_keys')).data;
      ids = {
        api_keys: key.id,
        connections: connection.id,
        customers: customer.id,
        events: event.id,
        invoices: invoice.id,
        legal_entities: entity.id,
        payment_methods: method.id,
        payments: payment.id,
      };
      keyOfOther = (await world.request('POST', '/v1/environments', { name: 'Other' })).body.secret_key;
    });
    afterAll(() => world.close());

    const addressOf = ({ path }: Operation, id = NO_SUCH): string => path.replace(/\{[^}]+\}/g, id);
    const ownIdOf = ({ path }: Operation): string => ids[path.split('/')[2] ?? ''] ?? NO_SUCH;

    /** All rows of all tables as one text each; of API keys only how many, since asking notes when they were used. */
    async function everything(): Promise<Readonly<Record<string, unknown>>> {
      const tables = await world.context.db.query({
        text: `select table_name from information_schema.tables where table_schema = current_schema() order by 1`,
      });
      const found: Record<string, unknown> = {};
      for (const { table_name: name } of tables as { table_name: string }[]) {
        const what = name === 'api_keys' ? 'count(*)' : `md5(string_agg(t::text, '|' order by t::text))`;
        const [row] = await world.context.db.query({ text: `select ${what} as rows from "${name}" t` });
        found[name] = row?.rows;
      }
      expect(Object.keys(found).length).toBeGreaterThan(20);
      return found;
    }

    interface Attack {
      readonly operations: readonly Operation[];
      readonly send: (operation: Operation) => Promise<Reply>;
      readonly isRight: (reply: Reply, operation: Operation) => boolean;
    }

    async function attack({ operations, send, isRight }: Attack): Promise<void> {
      const before = await everything();
      const wrong: unknown[] = [];
      for (const operation of operations) {
        const reply = await send(operation);
        const { error } = reply.body;
        const isRefusal = reply.status >= 400 && reply.status < 500 && PROBLEMS[error?.code]?.status === reply.status;
        const isEnvelope = error?.request_id === reply.headers['request-id'] && error?.message !== '';
        if (!isRefusal || !isEnvelope || (operation.isKeyed && !isRight(reply, operation)))
          wrong.push([operation.method, operation.path, reply.status, reply.body]);
        // Neither the rate of requests nor that of refused keys is what is tried here.
        world.clock.advance(1_000);
      }
      expect(wrong).toEqual([]);
      expect(await everything()).toEqual(before);
    }

    const json = { headers: { 'content-type': 'application/json' } };
    const code =
      (...codes: string[]) =>
      (reply: Reply) =>
        codes.includes(reply.body.error?.code);

    test('the document names them all', () => {
      expect(OPERATIONS.length).toBeGreaterThan(70);
    });

    test('a body that is no JSON', () =>
      attack({
        operations: WRITES,
        send: (operation) => world.request(operation.method, addressOf(operation, ownIdOf(operation)), '{"a":', json),
        isRight: code('request_malformed'),
      }));

    test('a list as the body', () =>
      attack({
        operations: WRITES,
        send: (operation) => world.request(operation.method, addressOf(operation, ownIdOf(operation)), '[]', json),
        isRight: code('parameter_invalid'),
      }));

    test('a field that it does not know', () =>
      attack({
        operations: WRITES,
        send: (operation) =>
          world.request(operation.method, addressOf(operation, ownIdOf(operation)), { [NO_SUCH]: 1 }),
        isRight: code('parameter_unknown', 'parameter_missing', 'parameter_invalid'),
      }));

    test('a query parameter that it does not know', () =>
      attack({
        operations: OPERATIONS,
        send: (operation) =>
          world.request(operation.method, `${addressOf(operation, ownIdOf(operation))}?${NO_SUCH}=1`),
        isRight: code('parameter_unknown', 'parameter_missing', 'parameter_invalid'),
      }));

    test('an id that nothing has', () =>
      attack({
        operations: WITH_ID,
        send: (operation) => world.request(operation.method, addressOf(operation)),
        isRight: (reply, { method }) => reply.status === 404 || (method !== 'GET' && reply.status === 400),
      }));

    test('an id of another environment', () =>
      attack({
        operations: WITH_ID.filter((operation) => ownIdOf(operation) !== NO_SUCH),
        send: (operation) =>
          world.request(operation.method, addressOf(operation, ownIdOf(operation)), undefined, { key: keyOfOther }),
        isRight: (reply, { method }) => reply.status === 404 || (method !== 'GET' && reply.status === 400),
      }));

    test('a body that is too large', () =>
      attack({
        operations: WRITES,
        send: (operation) =>
          world.request(
            operation.method,
            addressOf(operation, ownIdOf(operation)),
            `{"name":"${'a'.repeat(TOO_LARGE_BYTES)}"}`,
            json,
          ),
        isRight: code('body_too_large'),
      }));

    test('no key', () =>
      attack({
        operations: OPERATIONS,
        send: (operation) =>
          world.request(operation.method, addressOf(operation, ownIdOf(operation)), undefined, { key: null }),
        isRight: code('api_key_missing'),
      }));
  },
);
