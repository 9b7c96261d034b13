import type { Sandbox } from '@tollbridge/sandbox';
import Stripe from 'stripe';
import { SandboxHttpClient } from '../sandbox-client.js';

/** Every right that a restricted key of ours asks for, in the sandbox's words. */
const RIGHTS: Readonly<Record<string, 'read' | 'write'>> = {
  account: 'read',
  balance_transactions: 'read',
  charges: 'write',
  checkout_sessions: 'write',
  customers: 'write',
  disputes: 'read',
  events: 'read',
  payment_intents: 'write',
  payment_methods: 'write',
  prices: 'write',
  products: 'write',
  refunds: 'write',
  setup_intents: 'write',
  webhook_endpoints: 'write',
};

/** The rights whose loss a story may play: each is needed by work of ours. */
export const RIGHTS_TO_LOSE = ['customers', 'events', 'payment_intents', 'refunds', 'webhook_endpoints', 'charges'];

/** An account at Stripe, with its two keys and the people who work in its dashboard. */
export class StripeAccount {
  readonly id: string;
  readonly secretKey: string;
  readonly restrictedKey: string;
  readonly #sandbox: Sandbox;
  readonly #revoked = new Set<string>();

  constructor(sandbox: Sandbox, body: string) {
    this.#sandbox = sandbox;
    this.secretKey = `sk_test_sandbox_${body}`;
    this.restrictedKey = `rk_test_sandbox_${body}`;
    this.id = this.#setKey(this.secretKey, {}).account;
    this.#setKey(this.restrictedKey, { permissions: RIGHTS });
  }

  isRevoked(key: string): boolean {
    return this.#revoked.has(key);
  }

  /** The other of its two keys: what an operator puts in the place of one that was revoked. */
  otherKey(key: string): string {
    return key === this.secretKey ? this.restrictedKey : this.secretKey;
  }

  revoke(key: string): void {
    this.#revoked.add(key);
    this.#setKey(key, { revoked: true });
  }

  /** The restricted key has lost one right. */
  take(right: string): void {
    this.#setKey(this.restrictedKey, {
      permissions: { ...RIGHTS, [right]: 'none' },
      revoked: this.isRevoked(this.restrictedKey),
    });
  }

  /** Both keys are as they were in the beginning. */
  restoreKeys(): void {
    this.#revoked.clear();
    this.#setKey(this.secretKey, {});
    this.#setKey(this.restrictedKey, { permissions: RIGHTS });
  }

  /**
   * What people do in the dashboard: they need no key, so one that was revoked serves them for the moment. What Stripe
   * refuses them is their affair, not ours, and nothing was done then. Whoever is broken off does not know.
   */
  async inDashboard(act: (stripe: Stripe) => Promise<unknown>): Promise<'done' | 'refused' | 'broken_off'> {
    const isRevoked = this.isRevoked(this.secretKey);
    if (isRevoked) this.#setKey(this.secretKey, {});
    try {
      await act(this.#client());
      return 'done';
    } catch (error) {
      const { StripeInvalidRequestError, StripeCardError } = Stripe.errors;
      const isAnswer = error instanceof StripeInvalidRequestError || error instanceof StripeCardError;
      return isAnswer ? 'refused' : 'broken_off';
    } finally {
      if (isRevoked) this.#setKey(this.secretKey, { revoked: true });
    }
  }

  /** The bank's word on a dispute. Gives false where it was spoken before. */
  decideDispute(dispute: string, outcome: 'won' | 'lost'): boolean {
    const { status } = this.#ask('disputes', { dispute, outcome, account: this.id });
    return status === 200;
  }

  #client(): Stripe {
    return new Stripe(this.secretKey, {
      httpClient: new SandboxHttpClient(this.#sandbox),
      maxNetworkRetries: 0,
      telemetry: false,
    });
  }

  #setKey(key: string, more: Readonly<Record<string, unknown>>): { account: string } {
    return this.#control('keys', { key, ...more });
  }

  #control(noun: string, fields: Readonly<Record<string, unknown>>): { account: string } {
    const { status, body } = this.#ask(noun, fields);
    if (status !== 200) throw new Error(`the sandbox refused: ${body}`);
    return JSON.parse(body) as { account: string };
  }

  #ask(noun: string, fields: Readonly<Record<string, unknown>>): { status: number; body: string } {
    const body = JSON.stringify(fields);
    const answer = this.#sandbox.handle({ method: 'POST', url: `/_sandbox/${noun}`, headers: {}, body });
    return answer.kind === 'cut' ? { status: 0, body: '' } : { status: answer.status, body: answer.body };
  }
}
