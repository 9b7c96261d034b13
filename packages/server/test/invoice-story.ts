import type { Body, World } from '@tollbridge/simulation';

export const STRIPE_KEY = 'sk_test_sandbox_world';
export const HOST_URL = 'https://host.example/billing';

/** What the stories about invoices have in common: people, cards and invoices, made as a host application makes them. */
export class InvoiceStory {
  readonly world: World;

  constructor(world: World) {
    this.world = world;
  }

  /** A customer who is in both systems, without a way to pay. */
  async linkedCustomer(externalId = 'u_1'): Promise<Body> {
    const made = await this.world.request('POST', '/v1/customers', {
      external_id: externalId,
      sync_with_provider: true,
      sync: true,
    });
    return made.body;
  }

  /** He leaves this card in Stripe, and it becomes his default. */
  async leaveCard(customer: Body, card: string): Promise<string> {
    const stripe = this.world.stripe(STRIPE_KEY);
    const twin = String(customer.provider_customer_id);
    const method = await stripe.paymentMethods.attach(card, { customer: twin });
    await stripe.customers.update(twin, { invoice_settings: { default_payment_method: method.id } });
    await this.world.quiet();
    return method.id;
  }

  async customerWithCard(card: string, externalId = 'u_1'): Promise<Body> {
    const customer = await this.linkedCustomer(externalId);
    await this.leaveCard(customer, card);
    return customer;
  }

  /** A finalized invoice over this many cents, with everything that follows from it by itself. */
  async invoice(customer: Body, unitAmount: number, more: object = {}): Promise<Body> {
    const made = await this.makeInvoice(customer, unitAmount, more);
    await this.world.quiet();
    return this.get(`/v1/invoices/${String(made.id)}`);
  }

  /** The same, with nothing done yet. */
  async makeInvoice(customer: Body, unitAmount: number, more: object = {}): Promise<Body> {
    const made = await this.world.request('POST', '/v1/invoices', {
      customer_id: customer.id,
      currency: 'eur',
      finalize: true,
      lines: [{ description: 'Seats', unit_amount: unitAmount }],
      ...more,
    });
    if (made.status !== 201) throw new Error(`an invoice answered ${made.status}: ${JSON.stringify(made.body)}`);
    return made.body;
  }

  async get(path: string): Promise<Body> {
    return (await this.world.request('GET', path)).body;
  }

  async payments(invoice: Body): Promise<Body[]> {
    return (await this.get(`/v1/payments?limit=100&invoice_id=${String(invoice.id)}`)).data ?? [];
  }

  /** Every intent there is at Stripe. */
  async intents() {
    return (await this.world.stripe(STRIPE_KEY).paymentIntents.list({ limit: 100 })).data;
  }

  /** The events of these types, the oldest first. */
  async events(...types: string[]): Promise<Body[]> {
    const all = (await this.get('/v1/events?limit=100')).data ?? [];
    return all.filter((event: Body) => types.includes(String(event.type))).reverse();
  }
}
