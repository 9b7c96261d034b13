import { createWorld, testDatabases, type World } from '@tollbridge/simulation';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InvoiceStory, STRIPE_KEY } from '../invoice-story.js';

describe.each(testDatabases())('the page of an invoice on %s', (database) => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld({ database });
  });
  afterAll(() => world.close());

  const visit = (method: 'GET' | 'POST', address: string) => {
    const headers = method === 'GET' ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
    return world.app.inject({ method, url: address, headers });
  };

  test.each([
    ['GET', '/pay/short'],
    ['POST', '/pay/short'],
    ['GET', `/pay/${'x'.repeat(43)}`],
    ['GET', `/pay/${'x'.repeat(44)}`],
    ['GET', `/pay/${'x'.repeat(400)}`],
    ['GET', '/pay/%00'],
    ['GET', '/pay/%ff'],
    ['GET', '/pay/%zz'],
    ['POST', '/pay/%zz'],
    ['GET', '/pay/a/b'],
    ['GET', '/pay/'],
    ['GET', '/pay'],
    ['GET', `/pay/${'x'.repeat(43)}?returned=2`],
    ['GET', `/pay/${'x'.repeat(43)}?x=%ff`],
  ] as const)('404: to %s %s a person is told so in a page', async (method, address) => {
    const answer = await visit(method, address);
    expect(answer.statusCode).toBe(404);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.body).toContain('<h1>No such page</h1>');
    expect(answer.body).not.toContain('regex');
  });

  test('a payer who has left no way to pay yet is asked to pay, and not told what the host is to do about it', async () => {
    const story = new InvoiceStory(world);
    await world.connect(STRIPE_KEY);
    const invoice = await story.invoice(await story.linkedCustomer(), 1500);
    expect(invoice.last_payment_error).toMatchObject({ code: 'customer_must_have_payment_method' });
    const { url } = await story.get(`/v1/invoices/${invoice.id}/payment_link`);
    const { body } = await visit('GET', new URL(String(url)).pathname);
    expect(body).toContain('>Pay</button>');
    expect(body).not.toContain('did not succeed');
  });
});
