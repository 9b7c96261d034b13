import { Agent, request } from 'node:http';
import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { merchant } from '../src/testing/merchant-account.js';
import { type RunningSandbox, runSandbox } from '../src/testing/running-sandbox.js';

const key = 'sk_test_foreign';

let sandbox: RunningSandbox;

beforeAll(async () => {
  sandbox = await runSandbox({ settings: { hosts: ['stripe.test'] } });
});
afterAll(() => sandbox.close());

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** As a browser would ask: with the `Host` and the origin that `fetch` lets nobody say. */
const ask = (address: string, { method = 'GET', headers = {}, body = '' }: Asked) =>
  new Promise<{ status: number; text: string; location: string | undefined }>((resolve, reject) => {
    const sent = request(new URL(address, sandbox.server.url), { method, headers }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => {
        text += chunk;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text, location: answer.headers.location }));
    });
    sent.on('error', reject);
    sent.end(body);
  });

const post = (address: string, body: string, headers: Readonly<Record<string, string>>) =>
  ask(address, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  });

const checkout = async (): Promise<string> => {
  const stripe = sandbox.stripe(key);
  const price = await stripe.prices.create({ currency: 'usd', unit_amount: 500, product_data: { name: 'Mug' } });
  const session = await stripe.checkout.sessions.create({
    mode: 'payment',
    line_items: [{ price: price.id, quantity: 1 }],
    success_url: 'https://shop.example/done',
  });
  return new URL(session.url ?? '').pathname;
};

const portal = async (): Promise<string> => {
  const stripe = sandbox.stripe(key);
  await stripe.billingPortal.configurations.create({ features: { invoice_history: { enabled: true } } });
  const { id } = await stripe.customers.create({ email: 'jo@example.com' });
  return new URL((await stripe.billingPortal.sessions.create({ customer: id })).url).pathname;
};

const invoice = async (): Promise<string> => {
  const stripe = sandbox.stripe(key);
  const { id } = await stripe.customers.create({ email: 'jo@example.com' });
  await stripe.invoiceItems.create({ customer: id, amount: 500, currency: 'usd' });
  const draft = await stripe.invoices.create({ customer: id, pending_invoice_items_behavior: 'include' });
  const { hosted_invoice_url: url } = await stripe.invoices.finalizeInvoice(draft.id ?? '');
  return new URL(url ?? '').pathname;
};

const challenge = async (): Promise<string> => {
  const { next_action: next } = await sandbox.stripe(key).paymentIntents.create({
    amount: 500,
    currency: 'usd',
    payment_method: 'pm_card_authenticationRequired',
    confirm: true,
    return_url: 'https://shop.example/back',
  });
  return new URL(next?.redirect_to_url?.url ?? '').pathname;
};

const platform = async (): Promise<string> => {
  const made = (await sandbox.control('POST', 'applications', {
    key,
    name: 'Shop',
    redirect_uris: ['https://shop.example/oauth'],
  })) as { client_id: string };
  return `/oauth/authorize?client_id=${made.client_id}&response_type=code&scope=read_write&state=x`;
};

const onboarding = async (): Promise<string> => {
  const stripe = sandbox.stripe(key);
  const account = await stripe.v2.core.accounts.create(merchant);
  const link = await stripe.v2.core.accountLinks.create({
    account: account.id,
    use_case: {
      type: 'account_onboarding',
      account_onboarding: {
        refresh_url: 'https://shop.example/again',
        return_url: 'https://shop.example/back',
      },
    },
  });
  // The link opens once; what it leads to is the page.
  const opened = await ask(new URL(link.url).pathname, {});
  return new URL(opened.location ?? '', sandbox.server.url).pathname;
};

const pages = [
  ['a checkout', checkout, 'card=4242424242424242&email=jo@example.com'],
  ['a portal', portal, 'name=Jo'],
  ['an invoice', invoice, 'card=4242424242424242'],
  ['a challenge', challenge, 'outcome=complete'],
  ['a platform that asks for access', platform, 'decision=allow&account=new'],
  ['an onboarding', onboarding, 'details=existing&email=jo@example.com'],
] as const;

describe('a form of another origin does nothing', () => {
  it.each(pages)('at the page of %s, which answers its own', async (_name, open, form) => {
    const address = await open();
    const { host } = new URL(sandbox.server.url);
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1:3000' },
    ]) {
      const refused = await post(address, form, headers as unknown as Record<string, string>);
      expect([headers, refused.status]).toEqual([headers, 403]);
      expect(refused.text).toContain('sent by a page of another origin');
    }
    const looked = await ask(address, { headers: { 'sec-fetch-site': 'cross-site' } });
    expect(looked.status).toBe(200);
    const own = await post(address, form, { origin: `http://${host}`, 'sec-fetch-site': 'same-origin' });
    expect([own.status, own.status < 400 || own.text]).toEqual([own.status, true]);
  });

  it('and changes nothing: the session it was sent to is still open', async () => {
    const address = await checkout();
    await post(address, 'card=4242424242424242', { origin: 'https://evil.example' });
    const session = await sandbox.stripe(key).checkout.sessions.retrieve(address.split('/').at(-1) ?? '');
    expect(session.status).toBe('open');
  });
});

describe('a name that nobody told the sandbox leads nowhere', () => {
  const foreign = { host: 'evil.example:4410', authorization: `Bearer ${key}` };

  it('at the API, the control API, the dashboard and the pages', async () => {
    const paid = await checkout();
    for (const address of [
      '/v1/customers',
      '/v2/core/accounts',
      '/_sandbox/accounts',
      '/',
      '/dashboard/acct_x',
      paid,
    ]) {
      const refused = await ask(address, { headers: foreign });
      expect([address, refused.status]).toEqual([address, 403]);
      expect(refused.text).toContain('--allow-host evil.example');
    }
    const made = await post('/v1/customers', 'email=jo@example.com', foreign);
    expect([made.status, JSON.parse(made.text)]).toMatchObject([403, { error: { type: 'invalid_request_error' } }]);
    const posted = await post(paid, 'card=4242424242424242', { ...foreign, origin: 'http://evil.example:4410' });
    expect(posted.status).toBe(403);
  });

  it('nor to a socket of the CLI', async () => {
    const { port } = sandbox.server;
    const socket = new WebSocket(`ws://127.0.0.1:${port}/_sandbox/x/acct_x/s_x`, { headers: { host: 'evil.example' } });
    const status = await new Promise((resolve) => {
      socket.on('unexpected-response', (_request, answer) => resolve(answer.statusCode));
      socket.on('error', () => undefined);
    });
    expect(status).toBe(403);
  });

  it('while localhost, loopback and a name it was told lead to it, as the SDK asks', async () => {
    const { port } = sandbox.server;
    const everyName = new Agent({
      lookup: (_name, _options, found) => found(null, [{ address: '127.0.0.1', family: 4 }]),
    });
    for (const host of ['127.0.0.1', 'localhost', 'shop.localhost', 'stripe.test']) {
      const stripe = sandbox.stripe(key, { host, port, protocol: 'http', httpAgent: everyName });
      expect([host, (await stripe.customers.create({ name: host })).name]).toEqual([host, host]);
    }
    // Not the sandbox's own client: what it refuses before it knows an account is no answer of Stripe's.
    const evil = new Stripe(key, { host: 'evil.example', port, protocol: 'http', httpAgent: everyName });
    await expect(evil.customers.create({ name: 'evil' })).rejects.toMatchObject({
      statusCode: 403,
      message: expect.stringContaining('--allow-host evil.example'),
    });
  });

  it('while the address its pages are opened at leads to it', async () => {
    const behind = await runSandbox({ settings: { baseUrl: 'http://sandbox:4410' } });
    const { status } = await new Promise<{ status: number }>((resolve, reject) => {
      const headers = { host: 'sandbox:4410' };
      request(`${behind.server.url}/`, { headers }, (answer) => {
        answer.resume();
        resolve({ status: answer.statusCode ?? 0 });
      })
        .on('error', reject)
        .end();
    });
    await behind.close();
    expect(status).toBe(200);
  });

  it('and every answer fits the contract', () => {
    expect(sandbox.contractMisfits()).toEqual([]);
  });
});
