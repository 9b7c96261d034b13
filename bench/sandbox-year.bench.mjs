// Two bounds of the sandbox that need time and room: a year of monthly subscriptions driven by test clocks, of whose payments
// one in twenty declines, and the memory of many customers with a start that finds them all again. A bound that is missed
// ends the program with 1. Smaller numbers for a look:
// BENCH_SUBSCRIPTIONS=30 BENCH_CUSTOMERS=1000 npm run bench -- sandbox-year.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { portOf } from './sandbox-port.mjs';
import { plannedDeclines, RENEWALS, renewalAt } from './year-plan.mjs';

const SUBSCRIPTIONS = Number(process.env.BENCH_SUBSCRIPTIONS ?? 1_000);
const CUSTOMERS = Number(process.env.BENCH_CUSTOMERS ?? 100_000);

export const title = `Sandbox: a year of ${SUBSCRIPTIONS} monthly subscriptions, and ${CUSTOMERS} customers`;

const folder = dirname(fileURLToPath(import.meta.url));
const program = join(folder, '..', 'packages', 'sandbox', 'dist', 'program', 'main.js');
const ROUNDS = 3;
const AT_ONCE = 16;
const START_TIMEOUT_MILLISECONDS = 120_000;
/** Who asks at once again takes the time of what he waits for. */
const ASK_PAUSE_MILLISECONDS = 10;
const ASKS_MAX = 100_000;
const PAGES_MAX = 10_000;
/** https://docs.stripe.com/billing/testing/test-clocks/api-advanced-usage */
const CUSTOMERS_PER_CLOCK = 3;
const DAY_SECONDS = 86_400;
/** A clock goes two intervals of its shortest subscription at most, and a year has 12 renewals to see. */
const HOP_DAYS = 56;
/** With the days in which what declined in the last month is tried again. */
const YEAR_DAYS = 366 + 5;
/** Of the payments of each month. */
const DECLINING_SHARE = 0.05;
const SEED = Number(process.env.BENCH_SEED ?? 1);
const YEAR_SECONDS_MAX = 60;
const STATE_MEBIBYTES_MAX = 1_024;

export async function run() {
  process.stdout.write(`  (load of the machine before: ${loadavg()[0].toFixed(1)}, ${availableParallelism()} cores)\n`);
  const years = [];
  const processor = [];
  let happened;
  for (let round = 0; round < ROUNDS; round += 1) {
    const year = await withSandbox([], playYear);
    years.push(year.seconds);
    processor.push(year.processorSeconds);
    happened = year.happened;
  }
  const many = await manyCustomers();
  return [
    {
      ...summary(`a year, ${happened.invoices} invoices, all paid in the end`, years, 's'),
      ...bound(YEAR_SECONDS_MAX),
    },
    // By month: what is in the middle, the least and the most.
    summary('of the renewals of a month declined at first', happened.declinedPercent, '%'),
    single('declines in all', happened.declines, ''),
    single('retries', happened.retries, ''),
    single('retries that paid', happened.retriesPaid, ''),
    // What the process itself used, which other programs on the machine change least.
    summary('its processor time', processor, 's'),
    { ...single(`memory of ${CUSTOMERS} customers`, many.mebibytes, 'MiB'), ...bound(STATE_MEBIBYTES_MAX) },
    single('their journal', many.journalMebibytes, 'MiB'),
    single('a start that finds them again', many.startSeconds, 's'),
    { ...single('memory after that start', many.mebibytesAfter, 'MiB'), ...bound(STATE_MEBIBYTES_MAX) },
  ];
}

/** Subscriptions are made first; what is measured is the year of all clocks. */
async function playYear({ call, processorSeconds }) {
  const start = Date.UTC(2030, 0, 31) / 1000;
  const price = await call('POST', '/v1/prices', {
    currency: 'usd',
    unit_amount: 1500,
    'recurring[interval]': 'month',
    'product_data[name]': 'Year',
  });
  const planned = plannedDeclines({ start, subscriptions: SUBSCRIPTIONS, share: DECLINING_SHARE, seed: SEED });
  const numbers = Array.from({ length: Math.ceil(SUBSCRIPTIONS / CUSTOMERS_PER_CLOCK) }, (_, number) => number);
  const clocks = await inTurns(numbers, async (number) => {
    const { id } = await call('POST', '/v1/test_helpers/test_clocks', { frozen_time: start });
    const first = number * CUSTOMERS_PER_CLOCK;
    const customers = new Map();
    for (let at = first; at < Math.min(first + CUSTOMERS_PER_CLOCK, SUBSCRIPTIONS); at += 1)
      customers.set(at, await subscribe(call, { clock: id, price: price.id }));
    return { id, changes: cardChanges(planned, customers) };
  });
  const used = processorSeconds();
  const began = process.hrtime.bigint();
  await inTurns(clocks, (clock) => passYear(call, clock, start));
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  const during = processorSeconds() - used;
  return { seconds, processorSeconds: during, happened: await requireYear(call, planned, start) };
}

async function subscribe(call, { clock, price }) {
  const customer = await call('POST', '/v1/customers', { test_clock: clock });
  await useCard(call, customer.id, 'pm_card_visa');
  await call('POST', '/v1/subscriptions', { customer: customer.id, 'items[0][price]': price });
  return customer.id;
}

async function useCard(call, customer, token) {
  const card = await call('POST', `/v1/payment_methods/${token}/attach`, { customer });
  await call('POST', `/v1/customers/${customer}`, { 'invoice_settings[default_payment_method]': card.id });
}

/** When which customer of a clock has which card from then on, in order. */
function cardChanges(planned, customers) {
  return planned
    .filter(({ subscription }) => customers.has(subscription))
    .flatMap(({ subscription, failsFrom, paysFrom }) => [
      { at: failsFrom, customer: customers.get(subscription), token: 'pm_card_chargeCustomerFail' },
      { at: paysFrom, customer: customers.get(subscription), token: 'pm_card_visa' },
    ])
    .sort((one, other) => one.at - other.at);
}

async function passYear(call, { id, changes }, start) {
  let now = start;
  const passTo = async (time) => {
    while (now < time) {
      now = Math.min(time, now + HOP_DAYS * DAY_SECONDS);
      await call('POST', `/v1/test_helpers/test_clocks/${id}/advance`, { frozen_time: now });
      await arrived(call, id);
    }
  };
  for (const { at, customer, token } of changes) {
    await passTo(at);
    await useCard(call, customer, token);
  }
  await passTo(start + YEAR_DAYS * DAY_SECONDS);
}

async function arrived(call, clock) {
  for (let asked = 0; asked < ASKS_MAX; asked += 1) {
    const { status } = await call('GET', `/v1/test_helpers/test_clocks/${clock}`);
    if (status === 'ready') return;
    if (status !== 'advancing') throw new Error(`a clock is ${status}`);
    await new Promise((resolve) => setTimeout(resolve, ASK_PAUSE_MILLISECONDS));
  }
  throw new Error('a clock does not arrive');
}

/**
 * A figure counts only when the year happened: everybody was billed every month and paid in the end, after as many declines
 * as were planned of that month.
 */
async function requireYear(call, planned, start) {
  const invoices = await everything(call, '/v1/invoices');
  const expected = SUBSCRIPTIONS * (RENEWALS + 1);
  if (invoices.length !== expected) throw new Error(`${invoices.length} invoices and not ${expected}`);
  const unpaid = invoices.filter(({ status }) => status !== 'paid').length;
  if (unpaid > 0) throw new Error(`${unpaid} invoices were not paid in the end`);
  const declinedPercent = [];
  for (let renewal = 1; renewal <= RENEWALS; renewal += 1) {
    const ofMonth = invoices.filter(({ created }) => created === renewalAt(start, renewal));
    const declined = ofMonth.filter(({ attempt_count }) => attempt_count > 1).length;
    const meant = planned.filter((decline) => decline.renewal === renewal).length;
    if (ofMonth.length !== SUBSCRIPTIONS || declined !== meant)
      throw new Error(`month ${renewal}: ${declined} of ${ofMonth.length} renewals declined, and not ${meant}`);
    declinedPercent.push((100 * declined) / ofMonth.length);
  }
  const charges = await everything(call, '/v1/charges');
  const declines = charges.filter(({ status }) => status === 'failed').length;
  const declinesMeant = planned.reduce((sum, { retriesDeclined }) => sum + 1 + retriesDeclined, 0);
  if (declines !== declinesMeant) throw new Error(`${declines} declines and not ${declinesMeant}`);
  // Of each renewal that declined one try was the first and no retry.
  const retries = invoices.reduce((sum, { attempt_count }) => sum + Math.max(0, attempt_count - 1), 0);
  return {
    invoices: invoices.length,
    declinedPercent,
    declines,
    retries,
    retriesPaid: retries - (declines - planned.length),
  };
}

async function everything(call, path) {
  const all = [];
  let after = '';
  for (let pages = 0; pages < PAGES_MAX; pages += 1) {
    const page = await call('GET', `${path}?limit=100${after}`);
    all.push(...page.data);
    if (!page.has_more) return all;
    after = `&starting_after=${page.data.at(-1).id}`;
  }
  throw new Error(`${path} has too many pages`);
}

async function manyCustomers() {
  const data = mkdtempSync(join(tmpdir(), 'tollbridge-bench-'));
  try {
    const mebibytes = await withSandbox(['--data', data], async ({ call, resident }) => {
      const before = resident();
      await inTurns(
        Array.from({ length: CUSTOMERS }, (_, number) => number),
        (number) =>
          call('POST', '/v1/customers', {
            email: `customer${number}@example.com`,
            name: `Customer ${number}`,
            payment_method: 'pm_card_visa',
            'invoice_settings[default_payment_method]': 'pm_card_visa',
            'metadata[order]': number,
          }),
      );
      return resident() - before;
    });
    const journalMebibytes = folderBytes(data) / 2 ** 20;
    const began = process.hrtime.bigint();
    return await withSandbox(['--data', data], async ({ call, resident }) => {
      const startSeconds = Number(process.hrtime.bigint() - began) / 1e9;
      await requireCustomers(call);
      return { mebibytes, journalMebibytes, startSeconds, mebibytesAfter: resident() };
    });
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

/** The last and the first that were made are there, with their methods. */
async function requireCustomers(call) {
  for (const number of [0, CUSTOMERS - 1]) {
    const { data } = await call('GET', `/v1/customers?email=customer${number}@example.com`);
    const methods = await call('GET', `/v1/customers/${data[0]?.id}/payment_methods`);
    if (methods.data?.length !== 1) throw new Error(`customer ${number} was not found again`);
  }
}

async function withSandbox(options, use) {
  const child = spawn(process.execPath, [program, '--port', '0', ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  try {
    const port = await portOf(child, START_TIMEOUT_MILLISECONDS);
    const resident = () => residentMebibytes(child.pid);
    const used = () => processorSeconds(child.pid);
    return await use({
      resident,
      processorSeconds: used,
      call: (method, path, body) => send({ agent, port }, { method, path, body }),
    });
  } finally {
    agent.destroy();
    child.kill('SIGTERM');
    await ended;
  }
}

/** So many at a time, each as soon as one before it is done; gives what each gave. */
async function inTurns(all, act) {
  const results = new Array(all.length);
  let next = 0;
  const worker = async () => {
    while (next < all.length) {
      const at = next;
      next += 1;
      results[at] = await act(all[at]);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, all.length) }, worker));
  return results;
}

function send({ agent, port }, { method, path, body }) {
  const text = body === undefined ? '' : new URLSearchParams(body).toString();
  const headers = { authorization: 'Bearer sk_test_bench', 'stripe-version': '2026-10-28.endive' };
  if (method === 'POST') headers['content-type'] = 'application/x-www-form-urlencoded';
  return new Promise((resolve, reject) => {
    const sent = request({ agent, host: '127.0.0.1', port, method, path, headers }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        const answer = Buffer.concat(parts).toString();
        if (response.statusCode !== 200) reject(new Error(`${method} ${path}: ${response.statusCode} ${answer}`));
        else resolve(JSON.parse(answer));
      });
    });
    sent.on('error', reject);
    sent.end(text);
  });
}

const residentMebibytes = (pid) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

/** In user and kernel mode together; Linux counts in hundredths of a second. */
function processorSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** The sandbox keeps one file. */
const folderBytes = (data) => statSync(join(data, 'journal.jsonl')).size;

function summary(what, figures, unit) {
  const sorted = [...figures].sort((a, b) => a - b);
  const rounded = (figure) => Math.round(figure * 10) / 10;
  return {
    what,
    unit,
    median: rounded(sorted[Math.floor(sorted.length / 2)]),
    minimum: rounded(sorted[0]),
    maximum: rounded(sorted.at(-1)),
  };
}

/** One that the sandbox is held to. */
const bound = (most) => ({ bound: most, isHeld: true });

const single = (what, figure, unit) => ({ what, unit, median: Math.round(figure * 10) / 10 });
