import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Billing, runBilling } from '../testing/billing.js';

let billing: Billing;

beforeAll(async () => {
  billing = await runBilling('invoice_page');
});
afterAll(() => billing.sandbox.close());
afterEach(() => expect(billing.sandbox.contractMisfits()).toEqual([]));

const openInvoice = async (): Promise<{ id: string; url: string }> => {
  const { id: customer } = await billing.customer();
  const { id } = await billing.draft(customer, 1500);
  const invoice = await billing.stripe.invoices.finalizeInvoice(id);
  return { id, url: invoice.hosted_invoice_url ?? '' };
};

const submit = (url: string, fields: Record<string, string>): Promise<Response> => billing.sandbox.page(url, fields);

describe('the page of an invoice', () => {
  it('shows what is to pay and is paid by one form post', async () => {
    const { id, url } = await openInvoice();
    expect(await (await billing.sandbox.page(url)).text()).toContain('Pay 15.00 USD');
    expect((await submit(url, { card: '4242424242424242' })).status).toBe(303);
    expect(await billing.stripe.invoices.retrieve(id)).toMatchObject({ status: 'paid', amount_paid: 1500 });
    expect(await (await billing.sandbox.page(url)).text()).toContain('This invoice is paid.');
    expect((await submit(url, { card: '4242424242424242' })).status).toBe(409);
  });

  it('says why a card was declined, and stays open', async () => {
    const { id, url } = await openInvoice();
    const answer = await submit(url, { card: '4000000000000002' });
    expect([answer.status, await answer.text()]).toEqual([402, expect.stringContaining('Your card was declined.')]);
    expect(await billing.stripe.invoices.retrieve(id)).toMatchObject({ status: 'open', attempt_count: 1 });
  });

  it('behaviour 36: leads to the bank, and the invoice is paid when the customer comes back', async () => {
    const { id, url } = await openInvoice();
    const answer = await submit(url, { card: '4000002760003184' });
    const challenge = answer.headers.get('location') ?? '';
    expect(challenge).toContain('/challenge/');
    await submit(challenge, { outcome: 'complete' });
    expect(await billing.stripe.invoices.retrieve(id)).toMatchObject({ status: 'paid' });
  });

  it('is there once the invoice is final, and not before', async () => {
    const { id: customer } = await billing.customer();
    const draft = await billing.draft(customer, 1500);
    expect(draft.hosted_invoice_url).toBeNull();
    const { id: account } = await billing.stripe.accounts.retrieveCurrent();
    expect((await billing.sandbox.page(`${billing.sandbox.server.url}/invoice/${account}/${draft.id}`)).status).toBe(
      404,
    );
  });
});
