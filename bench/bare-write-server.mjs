// The least that a Node process can do for the same API write: the same framework reads the same body, and one statement
// writes the same rows by the same driver; `/nothing/…` leaves the statement out. usage: node bare-write-server.mjs
// (DATABASE_URL | FOLDER) with the ids of the objects to write again as environment BENCH_CUSTOMER and BENCH_INVOICE.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { idsIn, insertOf, makerOf, readRows } from './bare-rows.mjs';

const server = join(dirname(fileURLToPath(import.meta.url)), '..', 'packages', 'server');
const Fastify = createRequire(join(server, 'package.json'))('fastify');
const { openPostgres } = await import(join(server, 'dist', 'store', 'postgres.js'));
const { openEmbedded } = await import(join(server, 'dist', 'store', 'embedded', 'open.js'));

const OF_OBJECT = [
  ['audit_entries', 'object_id = $1'],
  ['idempotency_keys', `answer_body ->> 'id' = $1`],
];
const EVENTS = [
  ['event_sequences', 'object_id = $1'],
  ['events', 'object_id = $1'],
];
const WRITES = {
  customers: { selections: [['customers', 'id = $1'], ...EVENTS, ...OF_OBJECT], id: process.env.BENCH_CUSTOMER },
  invoices: {
    selections: [['invoices', 'id = $1'], ['invoice_lines', 'invoice_id = $1'], ...OF_OBJECT],
    id: process.env.BENCH_INVOICE,
  },
};

const where = process.argv[2] ?? '';
const database = where.startsWith('postgres') ? await openPostgres(where) : await openEmbedded(where);
const ask = (text, values) => database.query({ text, values });
const app = Fastify();
let made = 0;
for (const [name, { selections, id }] of Object.entries(WRITES)) {
  const rows = await readRows(ask, selections, id);
  const { text, valuesFor } = insertOf(rows);
  const answer = rows.find(({ table }) => table === 'idempotency_keys').row.answer_body;
  const answerFor = makerOf(answer, idsIn(rows));
  const send = (reply, number) => reply.status(201).type('application/json').send(answerFor(number));
  app.post(`/nothing/${name}`, async (_request, reply) => send(reply, 0));
  app.post(`/bare/${name}`, async (_request, reply) => {
    made += 1;
    const number = `${process.pid}-${made}`;
    await database.query({ name: `bare_write_${name}`, text, values: valuesFor(number) });
    return send(reply, number);
  });
}
await app.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`at http://127.0.0.1:${app.server.address().port}\n`);
process.once('SIGTERM', () => void database.close().then(() => process.exit(0)));
