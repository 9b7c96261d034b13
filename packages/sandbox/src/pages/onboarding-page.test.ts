import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type RunningSandbox, runSandbox, startReceiver, type WebhookReceiver } from '../testing/running-sandbox.js';

// Behaviours 68 to 70. https://docs.stripe.com/api/v2/core/account-links

let sandbox: RunningSandbox;
let receiver: WebhookReceiver;
let platform: Stripe;
let account = '';
let count = 0;

beforeAll(async () => {
  sandbox = await runSandbox();
});

beforeEach(async () => {
  receiver = await startReceiver();
  count += 1;
  platform = sandbox.stripe(`sk_test_onboards${count}`);
  const made = await platform.v2.core.accounts.create({
    contact_email: 'owner@example.com',
    configuration: { merchant: { capabilities: { card_payments: { requested: true } } } },
  });
  account = made.id;
});

afterEach(async () => {
  await receiver.close();
  expect(sandbox.contractMisfits()).toEqual([]);
});

afterAll(() => sandbox.close());

const refreshUrl = 'https://platform.example/again';
const returnUrl = 'https://platform.example/back';

const newLink = (): Promise<Stripe.V2.Core.AccountLink> =>
  platform.v2.core.accountLinks.create({
    account,
    use_case: { type: 'account_onboarding', account_onboarding: { refresh_url: refreshUrl, return_url: returnUrl } },
  });

const get = (url: string): Promise<Response> => sandbox.page(url);
const post = (url: string, form: Record<string, string>): Promise<Response> => sandbox.page(url, form);

const locationOf = (answer: Response): string => answer.headers.get('location') ?? '';

/** The first page of the form. */
const opened = async (): Promise<string> => locationOf(await get((await newLink()).url));

const standing = async (): Promise<Stripe.V2.Core.Account> =>
  platform.v2.core.accounts.retrieve(account, { include: ['configuration.merchant', 'requirements', 'identity'] });

const cards = async (): Promise<string | undefined> =>
  (await standing()).configuration?.merchant?.capabilities?.card_payments?.status;

const advance = (seconds: number): Promise<unknown> =>
  sandbox.control('POST', 'clock', { account, advance_seconds: seconds });

describe('behaviour 68: an account link', () => {
  test('names its account, lives five minutes, and opens once: after that it leads to refresh_url', async () => {
    const link = await newLink();
    expect(link).toMatchObject({ object: 'v2.core.account_link', account, use_case: { type: 'account_onboarding' } });
    expect(Date.parse(link.expires_at) - Date.parse(link.created)).toBe(300_000);
    const first = locationOf(await get(link.url));
    const html = await (await get(first)).text();
    expect(html).toContain('this is not Stripe');
    expect(html).toContain('identity.entity_type');
    expect(html).toContain('value="owner@example.com"');
    expect(html).not.toContain('<script');
    expect(locationOf(await get(link.url))).toBe(refreshUrl);
    // What it began goes on.
    expect((await get(first)).status).toBe(200);
  });

  test('that has expired leads to refresh_url, and so does an onboarding left lying for a day', async () => {
    const link = await newLink();
    const begun = await opened();
    await advance(300);
    expect(locationOf(await get(link.url))).toBe(refreshUrl);
    expect((await get(begun)).status).toBe(200);
    await advance(86_400);
    expect(locationOf(await get(begun))).toBe(refreshUrl);
  });

  test.each([
    ['of another kind than its details', { type: 'account_onboarding' as const }],
    ['without a scheme', { type: 'account_onboarding' as const, account_onboarding: { refresh_url: 'nowhere' } }],
    [
      'to update an account whose requirements Stripe collects',
      { type: 'account_update' as const, account_update: { refresh_url: refreshUrl } },
    ],
  ])('%s is refused', async (_title, use_case) => {
    await expect(platform.v2.core.accountLinks.create({ account, use_case })).rejects.toMatchObject({
      statusCode: 400,
    });
  });

  test('of an account of another platform, or of a closed one, is refused, and a page nobody made is not found', async () => {
    const use_case = { type: 'account_onboarding' as const, account_onboarding: { refresh_url: refreshUrl } };
    const stranger = sandbox.stripe(`sk_test_stranger${count}`);
    await expect(stranger.v2.core.accountLinks.create({ account, use_case })).rejects.toMatchObject({
      statusCode: 403,
    });
    const begun = await opened();
    await platform.v2.core.accounts.close(account);
    await expect(newLink()).rejects.toMatchObject({ statusCode: 400 });
    expect((await get(begun)).status).toBe(409);
    expect((await get(begun.replace(/[^/]+\/email$/, 'made-up/email'))).status).toBe(404);
  });
});

const company = {
  entity_type: 'company',
  country: 'us',
  website: 'https://shop.example',
  registered_name: 'Shop & Co',
  tax_id: '000000000',
  company_line1: 'address_full_match',
  company_city: 'Reno',
  company_postal_code: '89501',
};

const person = {
  given_name: 'Jo',
  surname: 'Doe',
  date_of_birth: '1901-01-01',
  line1: 'address_full_match',
  city: 'Reno',
  postal_code: '89501',
  id_number: '000000000',
};

describe('onboarding', () => {
  test('behaviour 68, 69: page by page to the end, then a moment of checking, then the account may charge and is paid out', async () => {
    await platform.v2.core.eventDestinations.create({
      name: 'Own',
      type: 'webhook_endpoint',
      event_payload: 'thin',
      enabled_events: ['v2.core.account_link.returned'],
      webhook_endpoint: { url: receiver.url },
    });
    const first = await opened();
    const second = locationOf(await post(first, { email: 'new@example.com' }));
    const third = locationOf(await post(second, company));
    const fourth = locationOf(await post(third, person));
    const fifth = locationOf(await post(fourth, { account_number: '000123456789' }));
    expect([second, third, fourth, fifth].map((url) => url.split('/').at(-1))).toEqual([
      'business',
      'person',
      'bank',
      'review',
    ]);
    const review = await (await get(fifth)).text();
    for (const part of ['new@example.com', 'Shop &amp; Co', 'Jo Doe', '1901-01-01', 'ending in 6789'])
      expect(review).toContain(part);
    expect(await cards()).toBe('restricted');
    expect(locationOf(await post(fifth, {}))).toBe(returnUrl);
    expect(await cards()).toBe('pending');
    await advance(10);
    expect(await standing()).toMatchObject({
      contact_email: 'new@example.com',
      identity: { entity_type: 'company', business_details: { registered_name: 'Shop & Co' } },
      requirements: { entries: [] },
    });
    const old = await platform.accounts.retrieveCurrent({}, { stripeAccount: account });
    expect(old).toMatchObject({
      charges_enabled: true,
      payouts_enabled: true,
      details_submitted: true,
      external_accounts: { data: [{ object: 'bank_account', last4: '6789' }] },
      requirements: { disabled_reason: null, currently_due: [] },
    });
    expect((await get(first)).status).toBe(409);
    const [{ body } = { body: '' }] = await receiver.arrived(1);
    const event = await platform.v2.core.events.retrieve(JSON.parse(body).id);
    if (event.type !== 'v2.core.account_link.returned') throw new Error(event.type);
    expect(event.data).toEqual({ account_id: account, configurations: ['merchant'], use_case: 'account_onboarding' });
  });

  test('left at any page keeps what is good, leads to return_url, and has not finished; the next link goes on from there', async () => {
    const second = locationOf(await post(await opened(), { email: 'kept@example.com' }));
    const { registered_name: _name, ...unnamed } = company;
    expect(locationOf(await post(second, { ...unnamed, action: 'leave' }))).toBe(returnUrl);
    const left = await standing();
    expect([left.contact_email, left.identity?.entity_type]).toEqual(['kept@example.com', 'company']);
    expect(left.configuration?.merchant?.capabilities?.card_payments?.status).toBe('restricted');
    const again = await opened();
    const html = await (await get(again.replace(/email$/, 'business'))).text();
    expect(html).toContain('value="https://shop.example"');
    expect(html).toMatch(/value="company" checked/);
    const refused = await post(again.replace(/email$/, 'review'), {});
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain('Still missing');
  });

  test('with existing details takes the business over in one step, and nothing else of it', async () => {
    const review = locationOf(await post(await opened(), { email: 'known@example.com', details: 'existing' }));
    expect(review).toMatch(/review$/);
    await post(review, {});
    expect([await cards(), (await standing()).requirements?.entries]).toEqual(['active', []]);
    expect((await platform.customers.list({}, { stripeAccount: account })).data).toEqual([]);
  });

  // Checked, 70: the values are documented: https://docs.stripe.com/connect/testing; how long a check takes is not: 10
  // seconds here.
  test('behaviour 70: what a check finds wrong is named, and put right by the next visit', async () => {
    const first = await opened();
    await post(first, { email: 'known@example.com', details: 'existing' });
    await post(first.replace(/email$/, 'person'), { test_person: 'wrong_number' });
    await post(first.replace(/email$/, 'review'), {});
    await advance(10);
    const wrong = (await standing()).requirements?.entries?.flatMap((entry) => entry.errors);
    expect([await cards(), wrong?.map(({ code }) => code)]).toEqual([
      'restricted',
      ['verification_failed_id_number_match'],
    ]);
    const again = await opened();
    expect(await (await get(again)).text()).toContain('past due: The id number does not match');
    await post(again.replace(/email$/, 'person'), { test_person: 'verified_at_once' });
    await post(again.replace(/email$/, 'review'), {});
    expect(await cards()).toBe('active');
  });

  test('behaviour 70: a business whose address is nearly right may charge, and is not paid out', async () => {
    const first = await opened();
    const page = (step: string): string => first.replace(/email$/, step);
    await post(first, { email: 'a@example.com' });
    await post(page('business'), { ...company, company_line1: 'address_no_match', tax_id: '222222222' });
    await post(page('person'), person);
    await post(page('bank'), { test_account: '000123456789' });
    await post(page('review'), {});
    expect(await platform.accounts.retrieveCurrent({}, { stripeAccount: account })).toMatchObject({
      charges_enabled: true,
      payouts_enabled: false,
      requirements: { past_due: ['company.address.line1'] },
    });
  });

  test('answers what Stripe asked for later', async () => {
    await post((await opened()).replace(/email$/, 'email'), { email: 'a@example.com', details: 'existing' });
    const review = (await opened()).replace(/email$/, 'review');
    await post(review, {});
    await sandbox.control('POST', 'requirements', {
      account,
      description: 'identity.individual.email',
      due_in_seconds: 0,
    });
    expect(await cards()).toBe('restricted');
    const again = await opened();
    expect(await (await get(again)).text()).toContain('identity.individual.email');
    await post(again.replace(/email$/, 'review'), {});
    expect(await cards()).toBe('active');
  });

  test.each([
    ['email', { email: 'nobody' }, 'email'],
    ['business', { ...company, entity_type: 'gang' }, 'entity_type'],
    ['business', { ...company, website: 'shop' }, 'website'],
    ['business', { ...company, tax_id: '123456789' }, 'tax_id'],
    ['person', { ...person, date_of_birth: 'long ago' }, 'date_of_birth'],
    ['person', { ...person, city: '' }, 'city'],
    ['person', { ...person, id_number: '078051120' }, 'id_number'],
    ['bank', { account_number: '123456' }, 'account_number'],
  ])('says on page %s what is wrong with %o, at its field, and keeps nothing of it', async (step, form, field) => {
    const before = JSON.stringify(await standing());
    const answer = await post((await opened()).replace(/email$/, step), form);
    const html = await answer.text();
    expect(answer.status).toBe(400);
    expect(html).toContain(`href="#${field}"`);
    expect(html).toContain(`id="${field}"`);
    expect(html).toContain(`id="${field}-error"`);
    expect(JSON.stringify(await standing())).toBe(before);
  });

  test('never shows a number that is not a test number again, nor markup as such', async () => {
    const answer = await post((await opened()).replace(/email$/, 'person'), {
      ...person,
      given_name: '<b>x</b>',
      id_number: '078051120',
    });
    const html = await answer.text();
    expect(html).not.toContain('078051120');
    expect(html).not.toContain('<b>x</b>');
  });
});
