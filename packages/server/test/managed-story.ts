import type { Body, Reply, World } from '@tollbridge/simulation';

/** The key of the platform that the sandbox has for every installation, and so for whoever looks from Stripe's side. */
export const PLATFORM_KEY = 'sk_test_sandbox_platform';

const BUSINESS = {
  entity_type: 'company',
  country: 'us',
  website: 'https://shop.example',
  registered_name: 'Shop & Co',
  tax_id: '000000000',
  company_line1: 'address_full_match',
  company_city: 'Reno',
  company_postal_code: '89501',
};
const PERSON = {
  given_name: 'Jo',
  surname: 'Doe',
  date_of_birth: '1901-01-01',
  line1: 'address_full_match',
  city: 'Reno',
  postal_code: '89501',
  id_number: '000000000',
};

/** The pages of Stripe's onboarding, in their order, each with what its owner enters there. */
export const ONBOARDING_PAGES: readonly (readonly [page: string, form: Readonly<Record<string, string>>])[] = [
  ['email', { email: 'owner@shop.example' }],
  ['business', BUSINESS],
  ['person', PERSON],
  ['bank', { account_number: '000123456789' }],
  ['review', {}],
];

/** What the stories about an account that our platform made have in common: its card, its link and Stripe's onboarding. */
export class ManagedStory {
  readonly world: World;
  id = '';

  constructor(world: World) {
    this.world = world;
  }

  async connect(more: object = {}): Promise<Reply> {
    const reply = await this.world.request('POST', '/v1/connections', {
      mode: 'managed',
      contact_email: 'owner@shop.example',
      ...more,
    });
    this.id = String(reply.body.id ?? '');
    return reply;
  }

  /** The card, once everything has come to rest. */
  async card(): Promise<Body> {
    await this.world.quiet();
    return (await this.world.request('GET', `/v1/connections/${this.id}`)).body;
  }

  link(more: object = {}): Promise<Reply> {
    return this.world.request('POST', `/v1/connections/${this.id}/account_link`, more);
  }

  /** The first page that a fresh link opens. */
  async opened(): Promise<string> {
    const { body } = await this.link();
    return this.world.visit('GET', String(body.url)).location ?? '';
  }

  /** Goes through Stripe's pages from the first on, and leaves at the one of this name; null: to the end. */
  async onboard(leaveAt: string | null = null): Promise<string | null> {
    const first = await this.opened();
    for (const [page, form] of ONBOARDING_PAGES) {
      const leaves: Readonly<Record<string, string>> = page === leaveAt ? { action: 'leave' } : {};
      const { location } = this.world.visit('POST', first.replace(/email$/, page), { ...form, ...leaves });
      if (page === leaveAt || page === 'review') return location;
    }
    return null;
  }

  /** An account of which Stripe wants nothing more. */
  async ready(more: object = {}): Promise<Body> {
    await this.connect(more);
    await this.onboard();
    await this.world.advance(11_000);
    return this.card();
  }
}
