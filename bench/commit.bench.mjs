// The commit of one finalized invoice of two lines (its rows, link, ledger, events, audit entry and job) by our `commit`,
// beside the same rows by bare SQL: row after row inside one transaction, as most programs write, and as one statement.
import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import pg from 'pg';
import { insertOf, insertsOf, readRows } from './bare-rows.mjs';
import { summary } from './figures.mjs';
import { throwawayDatabase, WITHOUT_POSTGRES } from './postgres.mjs';
import { startTollbridge } from './tollbridge.mjs';

export const title = 'The commit of one finalized invoice, on PostgreSQL, one after the other';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const COMMITS = 150;
const packages = join(dirname(fileURLToPath(import.meta.url)), '..', 'packages');
const load = (path) => import(pathToFileURL(join(packages, path)).href);

export async function run() {
  const database = await throwawayDatabase();
  if (database === null) return [{ what: WITHOUT_POSTGRES, median: 0, unit: '' }];
  try {
    return await onDatabase(database.url);
  } finally {
    await database.drop();
  }
}

async function onDatabase(url) {
  const customer = await customerIn(url);
  const { openPostgres } = await load('server/dist/store/postgres.js');
  const db = await openPostgres(url, 1);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const ours = await ourCommits(db, customer);
    const first = await ours();
    const bare = await bareWrites(client, first.invoiceId);
    const figures = { ours: [], transaction: [], statement: [], share: [] };
    for (let round = -1; round < ROUNDS; round += 1) {
      const one = {
        ours: await timed(ours),
        transaction: await timed(bare.inTransaction),
        statement: await timed(bare.inStatement),
      };
      if (round < 0) continue;
      for (const [name, milliseconds] of Object.entries(one)) figures[name].push(milliseconds);
      figures.share.push((100 * one.statement) / one.ours);
    }
    return [
      summary('here, one statement with every check', figures.ours, 'ms', { digits: 2 }),
      summary('the same rows in one transaction, row after row', figures.transaction, 'ms', { digits: 2 }),
      summary('bare limit: the same rows in one statement', figures.statement, 'ms', { digits: 2 }),
      summary('here, of the bare limit', figures.share, '%'),
    ];
  } finally {
    await client.end();
    await db.close();
  }
}

/** The mean of a round; what prepares a commit is not timed. */
async function timed(write) {
  let milliseconds = 0;
  for (let count = 0; count < COMMITS; count += 1) milliseconds += (await write()).milliseconds;
  return milliseconds / COMMITS;
}

/** Our program makes the tables, an issuer and a customer; then it ends. */
async function customerIn(url) {
  const tollbridge = await startTollbridge(url);
  try {
    return await tollbridge.call('POST', '/v1/customers', { external_id: 'bench', currency: 'eur' });
  } finally {
    await tollbridge.end();
  }
}

/** What `actions/create-invoice.ts` commits for a request that finalizes at once, without the request. */
async function ourCommits(db, customer) {
  const { draftInvoice, formatId, ID_RANDOM_BYTES, parseCurrency } = await load('core/dist/index.js');
  const { Changes } = await load('server/dist/changes.js');
  const { commit } = await load('server/dist/store/commit.js');
  const { addDecided } = await load('server/dist/decided.js');
  const { renderCollection } = await load('server/dist/collection/collection-events.js');
  const { finalizedInvoice } = await load('server/dist/collection/finalized-invoice.js');
  const { invoiceToJson } = await load('server/dist/json/invoice.js');
  const { invoiceLinesTable } = await load('server/dist/store/invoice-lines.js');
  const { invoicesTable } = await load('server/dist/store/invoices.js');
  const { findDefaultLegalEntity } = await load('server/dist/store/legal-entities.js');
  const { lineFromInput } = await load('server/dist/api/invoice-schemas.js');
  const [{ environment_id: environmentId }] = await db.query({
    text: 'select environment_id from customers where id = $1',
    values: [customer.id],
  });
  const currency = parseCurrency('eur').value;
  const entity = await findDefaultLegalEntity(db, environmentId);
  const newId = (noun) => formatId(noun, randomBytes(ID_RANDOM_BYTES));
  const context = {
    newId,
    randomBytes,
    clock: { machineNow: () => Date.now() },
    settings: { publicUrl: 'http://127.0.0.1' },
  };
  // As long as a sealed token is; to seal it is no part of the commit.
  context.secrets = { seal: (token) => token.padEnd(120, '.'), open: (sealed) => sealed };
  const input = {
    description: 'Team plan',
    quantity: '1',
    unit_amount: '4900',
    tax_rate_percent: '19',
    tax_behaviour: 'exclusive',
  };
  return async () => {
    const now = Date.now();
    const of = { environmentId, customerId: customer.id, legalEntityId: entity.id, currency, metadata: {} };
    const terms = { collectionMethod: 'charge_automatically', daysUntilDue: null, dueAt: null, description: null };
    const lines = [input, input].map((line) => ({ ...lineFromInput(line), id: newId('invoiceLine') }));
    const draft = draftInvoice({ ...of, ...terms, id: newId('invoice'), lines }, now);
    if (!draft.ok) throw new Error(JSON.stringify(draft.error));
    const changes = new Changes().insert(invoiceLinesTable, ...draft.value.lines);
    const render = renderCollection({ invoice: draft.value.invoice, payment: null, paymentLink: null });
    addDecided(context, changes, environmentId, draft.value, render);
    const facts = { lines: draft.value.lines, entity, connectionId: null, now };
    const finalized = finalizedInvoice(context, draft.value.invoice, facts);
    if (!finalized.ok) throw new Error(JSON.stringify(finalized.error));
    const { invoice } = finalized.value;
    changes.add(finalized.value.changes).insert(invoicesTable, invoice);
    const actor = { kind: 'api_key', id: 'key_bench', address: '127.0.0.1', requestId: 'req_bench' };
    const object = { objectKind: 'invoice', objectId: invoice.id, before: null, after: invoiceToJson(invoice) };
    changes.note({ environmentId, id: newId('auditEntry'), actor, action: 'invoice.created', ...object });
    const started = performance.now();
    await commit(db, changes, now);
    return { milliseconds: performance.now() - started, invoiceId: invoice.id };
  };
}

async function bareWrites(client, invoiceId) {
  const ask = async (text, values) => (await client.query(text, values)).rows;
  const rows = await readRows(
    ask,
    [
      ['invoices', 'id = $1'],
      ['invoice_lines', 'invoice_id = $1'],
      ['invoice_links', 'invoice_id = $1'],
      ['ledger_transactions', 'source_id = $1'],
      ['ledger_entries', 'transaction_id in (select id from ledger_transactions where source_id = $1)'],
      ['event_sequences', 'object_id = $1'],
      ['events', 'object_id = $1'],
      ['audit_entries', 'object_id = $1'],
      ['jobs', `payload ->> 'invoiceId' = $1`],
    ],
    invoiceId,
  );
  const issuer = {
    name: 'bare_issuer',
    text: `update legal_entities set next_number = next_number, version = version
where id = (select legal_entity_id from invoices where id = $1)`,
    values: [invoiceId],
  };
  const each = insertsOf(rows);
  const all = insertOf(rows);
  const whole = `${all.text.replace(/ select 1$/, '')}, issuer as (
update legal_entities set next_number = next_number, version = version where id = $${all.valuesFor(0).length + 1})
select 1`;
  const [{ legal_entity_id: issuerId }] = await ask('select legal_entity_id from invoices where id = $1', [invoiceId]);
  let made = 0;
  const timedWrite = async (write) => {
    made += 1;
    const started = performance.now();
    await write(made);
    return { milliseconds: performance.now() - started };
  };
  return {
    inTransaction: () =>
      timedWrite(async (number) => {
        await client.query('begin');
        for (const [place, { name, text, valuesFor }] of each.entries())
          await client.query({ name: `${name}_${place}`, text, values: valuesFor(number) });
        await client.query(issuer);
        await client.query('commit');
      }),
    inStatement: () =>
      timedWrite((number) =>
        client.query({ name: 'bare_whole', text: whole, values: [...all.valuesFor(number), issuerId] }),
      ),
  };
}
