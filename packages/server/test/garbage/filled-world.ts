import { Changes } from '@tollbridge/server/changes';
import { addFirstKey, addNewEnvironment } from '@tollbridge/server/organizations/new-environment';
import { commit } from '@tollbridge/server/store/commit';
import { organizationsTable } from '@tollbridge/server/store/organizations';
import type { Body, World } from '@tollbridge/simulation';
import type { Ids } from './bodies.js';

/** An environment in which there is something of everything, with the secret key that opens it. */
export interface FilledEnvironment {
  readonly secretKey: string;
  readonly ids: Readonly<Record<string, readonly string[]>>;
  /** Texts that stand in its objects and nowhere else: none of them may ever reach another tenant. */
  readonly marks: readonly string[];
}

interface Tenant {
  readonly secretKey: string;
  readonly stripeKey: string;
  /** Stands in every name and external id of his. */
  readonly mark: string;
}

/** The secret key of a new organization with one test environment: another tenant of the same installation. */
export async function newTenant(world: World, name: string): Promise<string> {
  const { context } = world;
  const changes = new Changes();
  const organizationId = context.newId('organization');
  const createdAt = context.clock.machineNow();
  changes.insert(organizationsTable, { id: organizationId, name, isFirst: false, createdAt, version: 1 });
  const environment = addNewEnvironment(context, changes, { organizationId, issuerName: name, kind: 'test', name });
  const secret = addFirstKey(context, changes, environment);
  await commit(context.db, changes, createdAt);
  return secret;
}

/** Fills an environment with objects in every state that the API leads to. */
export async function fillEnvironment(world: World, tenant: Tenant): Promise<FilledEnvironment> {
  const story = new TenantStory(world, tenant);
  await story.fill();
  return { secretKey: tenant.secretKey, ids: await story.everyId(), marks: story.marks };
}

export const idsOf = (own: FilledEnvironment, ...others: readonly FilledEnvironment[]): Ids => ({
  of: own.ids,
  foreign: others.flatMap(({ ids }) => Object.values(ids).map((each) => each[0] ?? 'no_such_thing')),
});

class TenantStory {
  readonly #world: World;
  readonly #tenant: Tenant;

  constructor(world: World, tenant: Tenant) {
    this.#world = world;
    this.#tenant = tenant;
  }

  get marks(): readonly string[] {
    return [this.#tenant.mark];
  }

  async fill(): Promise<void> {
    const { mark, stripeKey } = this.#tenant;
    await this.#post('/v1/connections', { secret_key: stripeKey, host: 'sandbox', name: mark });
    await this.#post('/v1/webhook_endpoints', { url: `https://host.example/${mark}`, description: mark });
    await this.#post('/v1/api_keys', { name: mark, scopes: ['read'] });
    await this.#post('/v1/legal_entities', { name: mark, number_prefix: 'GB' });
    await this.#world.quiet();
    const payer = await this.#customer('payer', 'pm_card_visa');
    const contester = await this.#customer('contester', 'pm_card_createDispute');
    const declined = await this.#customer('declined', 'pm_card_chargeCustomerFail');
    const asked = await this.#customer('asked', 'pm_card_authenticationRequired');
    const poor = await this.#customer('poor', null);
    const gone = await this.#customer('gone', null);
    await this.#world.quiet();
    await this.#invoices({ payer, contester, declined, asked, poor });
    await this.#post(`/v1/customers/${payer.id}/setup_sessions`, { return_url: 'https://host.example/back' });
    await this.#ask('DELETE', `/v1/customers/${gone.id}`);
    await this.#world.quiet();
  }

  async #invoices(who: Readonly<Record<'payer' | 'contester' | 'declined' | 'asked' | 'poor', Body>>): Promise<void> {
    const paid = await this.#invoice(who.payer, 2_000);
    await this.#invoice(who.contester, 3_000);
    await this.#invoice(who.declined, 4_000);
    await this.#invoice(who.asked, 5_000);
    const open = await this.#invoice(who.poor, 6_000);
    const voided = await this.#invoice(who.poor, 700);
    const lost = await this.#invoice(who.poor, 800);
    const settled = await this.#invoice(who.poor, 900);
    await this.#invoice(who.payer, 1_000, { finalize: false });
    await this.#invoice(who.poor, 0);
    await this.#invoice(who.poor, 1_500, { collection_method: 'send_invoice', days_until_due: 14 });
    const refunded = await this.#invoice(who.payer, 2_500);
    await this.#world.quiet();
    await this.#post(`/v1/invoices/${voided.id}/void`);
    await this.#post(`/v1/invoices/${lost.id}/mark_uncollectible`);
    await this.#post(`/v1/invoices/${settled.id}/offline_payments`, { reference: this.#tenant.mark });
    await this.#post(`/v1/invoices/${open.id}/payment_session`, { return_url: 'https://host.example/back' });
    await this.#post(`/v1/invoices/${paid.id}/credit_notes`, { amount: 500, memo: this.#tenant.mark });
    await this.#post('/v1/refunds', { invoice_id: refunded.id, amount: 100 });
    await this.#world.quiet();
  }

  /** The ids of everything that can be listed, by the noun of its address. */
  async everyId(): Promise<Record<string, readonly string[]>> {
    const ids: Record<string, readonly string[]> = {};
    for (const noun of LISTED) {
      const { data } = await this.#ask('GET', `/v1/${noun}?limit=100`);
      const own = noun === 'api_keys' ? data.filter((key: Body) => key.name === this.#tenant.mark) : data;
      ids[noun] = own.map((each: Body) => String(each.id)).slice(0, IDS_A_NOUN_MAX);
      if (own.length === 0) throw new Error(`the filled environment has no ${noun}`);
    }
    const paged = async (path: string) => (await this.#ask('GET', path)).data.map((each: Body) => String(each.id));
    ids.payment_methods = await paged(`/v1/customers/${ids.customers?.at(-1)}/payment_methods`);
    ids.invoice_lines = await paged(`/v1/invoices/${ids.invoices?.[0]}/lines`);
    const setUp = await this.#post(`/v1/customers/${ids.customers?.at(-1)}/setup_sessions`, {
      return_url: 'https://host.example/back',
    });
    ids.setup_sessions = [setUp.id];
    ids.environments = [(await this.#ask('GET', '/v1/environment')).id];
    ids.stripe_customers = (await this.#ask('GET', '/v1/customers?limit=100')).data
      .map((each: Body) => each.provider_customer_id)
      .filter((id: unknown) => id !== null);
    return ids;
  }

  async #customer(name: string, card: string | null): Promise<Body> {
    const { mark, stripeKey } = this.#tenant;
    const customer = await this.#post('/v1/customers', {
      external_id: `${mark}_${name}`,
      name: `${name} of ${mark}`,
      emails: [`${name}@${mark}.example`],
      sync_with_provider: card !== null,
      sync: card !== null,
    });
    if (card === null) return customer;
    const stripe = this.#world.stripe(stripeKey);
    const twin = String(customer.provider_customer_id);
    const { id } = await stripe.paymentMethods.attach(card, { customer: twin });
    await stripe.customers.update(twin, { invoice_settings: { default_payment_method: id } });
    return customer;
  }

  #invoice(customer: Body, cents: number, more: object = {}): Promise<Body> {
    return this.#post('/v1/invoices', {
      customer_id: customer.id,
      currency: 'eur',
      finalize: true,
      lines: [{ description: this.#tenant.mark, unit_amount: cents }],
      ...more,
    });
  }

  #post(path: string, body?: object): Promise<Body> {
    return this.#ask('POST', path, body);
  }

  async #ask(method: string, path: string, body?: object): Promise<Body> {
    const reply = await this.#world.request(method, path, body, { key: this.#tenant.secretKey });
    if (reply.status >= 400) throw new Error(`${method} ${path} answered ${JSON.stringify(reply.body)}`);
    return reply.body;
  }
}

const IDS_A_NOUN_MAX = 30;

/** Every noun that has a list of its own; that each has something is checked while it is filled. */
export const LISTED: readonly string[] = [
  'api_keys',
  'audit_entries',
  'connections',
  'credit_notes',
  'customers',
  'disputes',
  'events',
  'invoices',
  'legal_entities',
  'payments',
  'refunds',
  'stripe_events',
  'webhook_deliveries',
  'webhook_endpoints',
];
