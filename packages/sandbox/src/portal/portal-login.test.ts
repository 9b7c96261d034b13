import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openPortal } from '../testing/opened-portal.js';
import { runSubscribing, type Subscribing } from '../testing/subscribing.js';

let subscribing: Subscribing;
let stripe: Stripe;

beforeAll(async () => {
  subscribing = await runSubscribing('portallogin');
  stripe = subscribing.stripe;
});
afterAll(() => subscribing.sandbox.close());
afterEach(() => expect(subscribing.sandbox.contractMisfits()).toEqual([]));

const text = async (url: string): Promise<string> => (await subscribing.sandbox.page(url)).text();
const submit = (url: string, fields: Record<string, string> = {}): Promise<Response> =>
  subscribing.sandbox.page(url, fields);

describe('behaviour 67: the login page of a configuration', () => {
  it('leads whoever has the email of a customer to their portal, of several to the one who subscribes', async () => {
    const opened = await openPortal(subscribing);
    const email = 'login@example.com';
    await stripe.customers.update(opened.customer, { email });
    await stripe.customers.create({ email });
    const { id } = await stripe.billingPortal.configurations.create({
      features: { invoice_history: { enabled: true } },
      login_page: { enabled: true },
    });
    const { url } = (await stripe.billingPortal.configurations.retrieve(id)).login_page;
    expect(await text(`${url}?prefilled_email=${encodeURIComponent(email)}`)).toContain(`value="${email}"`);
    expect((await submit(url ?? '', { email: 'nobody@example.com' })).status).toBe(400);
    const answer = await submit(url ?? '', { email: 'Login@Example.com' });
    expect(answer.status).toBe(303);
    expect(await text(answer.headers.get('location') ?? '')).toContain('Metal');
    await stripe.billingPortal.configurations.update(id, { login_page: { enabled: false } });
    expect((await submit(url ?? '', { email })).status).toBe(404);
  });
});
