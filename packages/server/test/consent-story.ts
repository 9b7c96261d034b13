import type { Body, Reply, World } from '@tollbridge/simulation';

/** What somebody does on Stripe's page of consent. */
export interface Consent {
  readonly decision?: 'allow' | 'deny';
  readonly account?: string;
  readonly role?: 'administrator' | 'analyst';
}

/** What the stories about an account whose owner lets our platform in have in common: the card, the link and Stripe's page. */
export class ConsentStory {
  readonly world: World;
  id = '';

  constructor(world: World) {
    this.world = world;
  }

  async begin(more: object = {}): Promise<Reply> {
    const reply = await this.world.request('POST', '/v1/connections', { mode: 'oauth', ...more });
    this.id = String(reply.body.id ?? '');
    return reply;
  }

  async card(): Promise<Body> {
    await this.world.quiet();
    return (await this.world.request('GET', `/v1/connections/${this.id}`)).body;
  }

  link(more: object = {}): Promise<Reply> {
    return this.world.request('POST', `/v1/connections/${this.id}/consent_link`, more);
  }

  /** Opens a fresh link in a browser: Stripe's page, and the cookie that the browser keeps. */
  async opened(more: object = {}): Promise<{ readonly page: string; readonly cookie: string }> {
    const { body } = await this.link(more);
    const begun = await this.get(String(body.url), {});
    const cookie = String(begun.headers['set-cookie'] ?? '').split(';')[0] ?? '';
    return { page: String(begun.headers.location), cookie };
  }

  /** Goes to Stripe's page, decides there, and comes back in the same browser; what Stripe itself refuses does not come back. */
  async consent(consent: Consent, more: object = {}): Promise<Reply> {
    const { page, cookie } = await this.opened(more);
    const decided = this.world.visit('POST', page, { decision: 'allow', account: 'new', ...consent });
    if (decided.location === null) return { status: decided.status, body: { text: decided.body }, headers: {} };
    return this.get(decided.location, { cookie });
  }

  /** A page of ours, as the browser asks for it. */
  get(url: string, headers: Readonly<Record<string, string>>): Promise<Reply> {
    const { pathname, search } = new URL(url);
    return this.world.request('GET', pathname + search, undefined, { key: null, headers });
  }

  async connected(account: string, more: object = {}): Promise<Body> {
    await this.begin(more);
    await this.consent({ account });
    return this.card();
  }
}
