import type { Journal, JournalEntry } from '@tollbridge/sandbox';
import type { Ask } from './ask.js';
import { minorOf } from './minor-of.js';
import type { Scheduler } from './scheduler.js';
import type { Standing } from './standing.js';
import { broken, type Violation } from './violation.js';

/** A charge that took money. */
export interface ChargeSeen {
  readonly id: string;
  readonly accountId: string;
  readonly amount: number;
  readonly currency: string;
  /** Our own ids, as stamped on it; null on what is not ours. */
  readonly paymentId: string | null;
  readonly environmentId: string | null;
  /** The call since which the one of us who asked for it may have looked; null when a payer or time made it succeed. */
  readonly lookedSince: number | null;
}

interface AtStripe {
  readonly id: string;
  readonly status?: string;
  readonly amount?: number;
  readonly amount_refunded?: number;
  readonly currency?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Calls that move money, or let somebody move it: never without a key that follows from a row of ours. */
const MOVES_MONEY = /^\/v1\/(payment_intents|refunds|checkout\/sessions)(\/|$)/;
/** What the SDK invents where it is given no key: another at each call. */
const KEY_OF_THE_SDK = 'stripe-node-retry-';
const CONFIRMS = /^\/v1\/payment_intents\/(\w+)\/confirm$/;

/**
 * Stands inside Stripe and sees each thing at the moment it happens: every object that is written there (it is the
 * sandbox's journal), and every call of ours. Whatever must not happen is written down at once, with our rows' word.
 */
export class StripeWitness implements Journal {
  readonly violations: Violation[] = [];
  /** By charge id; only what took money. */
  readonly charges = new Map<string, ChargeSeen>();
  /** How often each way of asking about an unknown outcome was taken. */
  searches = 0;
  readonly #ask: Ask;
  readonly #scheduler: Scheduler;
  readonly #standing: Standing;
  readonly #chargeOfPayment = new Map<string, string>();
  readonly #twins = new Map<string, Set<string>>();
  #unexamined: ChargeSeen[] = [];
  /** What each invoice's charges brought and kept, in our minor units. */
  readonly #kept = new Map<string, Map<string, bigint>>();
  #isChargeNew = false;
  readonly #excused = new Set<string>();
  #isOurCall = false;
  #confirmation: { readonly intent: string; readonly key: string } | null = null;
  readonly #pathOfKey = new Map<string, string>();
  /** By key: which confirmation of which attempt it stands for. */
  readonly #confirmationOfKey = new Map<string, string>();

  constructor(parts: { readonly ask: Ask; readonly scheduler: Scheduler; readonly standing: Standing }) {
    this.#ask = parts.ask;
    this.#scheduler = parts.scheduler;
    this.#standing = parts.standing;
  }

  append({ account, writes }: JournalEntry): void {
    for (const [type, id, object] of writes) {
      if (type === 'charge') this.#seeCharge(account, object as AtStripe | null);
      else if (type === 'customer') this.#seeCustomer(id, object as AtStripe | null);
    }
  }

  /** Before a call of ours is carried out. */
  before(call: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
  }): void {
    this.#isOurCall = true;
    if (call.method === 'GET' && call.path === '/v1/payment_intents') this.searches += 1;
    if (call.method !== 'POST' || !MOVES_MONEY.test(call.path)) return;
    const key = call.headers['idempotency-key'];
    if (key === undefined || key.startsWith(KEY_OF_THE_SDK))
      this.violations.push({ rule: 'keys', text: `${call.method} ${call.path} moved money under no key of ours` });
    else this.#noteKey(call.path, key);
  }

  /** Stripe refuses a key that another call was made under: whatever it stands for is never done. */
  #noteKey(path: string, key: string): void {
    const before = this.#pathOfKey.get(key) ?? path;
    this.#pathOfKey.set(key, before);
    if (before !== path) this.violations.push({ rule: 'keys', text: `${path} was sent under the key of ${before}` });
    const intent = CONFIRMS.exec(path)?.[1];
    if (intent !== undefined) this.#confirmation = { intent, key };
  }

  /** After it, still at the same moment. */
  async after(): Promise<void> {
    this.#isOurCall = false;
    const confirmation = this.#confirmation;
    this.#confirmation = null;
    if (confirmation !== null) await this.#examineKey(confirmation);
    await this.examine();
  }

  /** The key of an earlier confirmation brings its old answer, a refusal for ever, and nothing is tried. */
  async #examineKey({ intent, key }: { readonly intent: string; readonly key: string }): Promise<void> {
    const [row] = await this.#ask('select id, confirmations from payments where stripe_payment_intent_id = $1', [
      intent,
    ]);
    if (row === undefined) return;
    const confirmation = `${row.id}, confirmation ${row.confirmations}`;
    const before = this.#confirmationOfKey.get(key) ?? confirmation;
    this.#confirmationOfKey.set(key, before);
    if (before !== confirmation)
      this.violations.push({ rule: 'keys', text: `${confirmation} was sent under the key of ${before}` });
  }

  /** Asks our rows about what was charged since the last time. Gives whether there was anything. */
  async examine(): Promise<boolean> {
    const charges = this.#unexamined;
    if (charges.length === 0) return false;
    this.#unexamined = [];
    for (const charge of charges) this.violations.push(...(await this.#violationsOf(charge)));
    return true;
  }

  /** Whether a charge was made or changed since the last time this was asked. */
  isChargeNew(): boolean {
    const isNew = this.#isChargeNew;
    this.#isChargeNew = false;
    return isNew;
  }

  /** What was taken for each of our invoices, less what went back. */
  keptByInvoice(): [invoice: string, keptMinor: bigint][] {
    return [...this.#kept.keys()].map((invoice) => [invoice, this.#keptFor(invoice)]);
  }

  #keptFor(invoice: string): bigint {
    return [...(this.#kept.get(invoice)?.values() ?? [])].reduce((sum, kept) => sum + kept, 0n);
  }

  /** A payer paid an attempt past everybody, or somebody is about to release one: it may bring money that must go back. */
  excuse(invoice: string): void {
    this.#excused.add(invoice);
  }

  isExcused(invoice: string): boolean {
    return this.#excused.has(invoice);
  }

  #noteKept(charge: AtStripe): void {
    const invoice = charge.metadata?.tollbridge_invoice;
    if (invoice === undefined || charge.status !== 'succeeded') return;
    this.#isChargeNew = true;
    const kept = (charge.amount ?? 0) - (charge.amount_refunded ?? 0);
    const charges = this.#kept.get(invoice) ?? new Map<string, bigint>();
    this.#kept.set(invoice, charges.set(charge.id, minorOf(kept, charge.currency)));
  }

  #seeCharge(accountId: string, charge: AtStripe | null): void {
    if (charge !== null) this.#noteKept(charge);
    if (charge?.status !== 'succeeded' || this.charges.has(charge.id)) return;
    const seen: ChargeSeen = {
      id: charge.id,
      accountId,
      amount: charge.amount ?? 0,
      currency: charge.currency ?? '',
      paymentId: charge.metadata?.tollbridge_payment ?? null,
      environmentId: charge.metadata?.tollbridge_environment ?? null,
      lookedSince: this.#isOurCall ? this.#scheduler.lookedSince : null,
    };
    this.charges.set(charge.id, seen);
    this.#unexamined.push(seen);
  }

  /** CUS-5: no customer of ours is ever two at Stripe, not for a moment. */
  #seeCustomer(id: string, customer: AtStripe | null): void {
    for (const [ours, ids] of this.#twins) {
      if (ids.has(id) && customer?.metadata?.tollbridge_customer !== ours) ids.delete(id);
    }
    const ours = customer?.metadata?.tollbridge_customer;
    if (ours === undefined) return;
    const ids = this.#twins.get(ours) ?? new Set();
    this.#twins.set(ours, ids.add(id));
    if (ids.size > 1)
      this.violations.push({ rule: 'one_twin', text: `${ours} is in Stripe as ${[...ids].join(' and ')}` });
  }

  async #violationsOf(charge: ChargeSeen): Promise<Violation[]> {
    if (charge.paymentId === null) return [];
    const before = this.#chargeOfPayment.get(charge.paymentId);
    if (before !== undefined)
      return broken('charged_once', [`${charge.paymentId} was charged as ${before} and as ${charge.id}`]);
    this.#chargeOfPayment.set(charge.paymentId, charge.id);
    const [row] = await this.#ask(
      `
select p.environment_id, p.connection_id, p.customer_id, p.invoice_id, p.status, k.stripe_account_id, i.total_minor
from payments p
join connections k on k.environment_id = p.environment_id
  and k.id = p.connection_id
join invoices i on i.environment_id = p.environment_id
  and i.id = p.invoice_id
where p.id = $1`,
      [charge.paymentId],
    );
    if (row === undefined)
      return broken('charge_has_row', [`${charge.id} is for ${charge.paymentId}, which is not ours`]);
    const wrong: string[] = [];
    if (row.environment_id !== charge.environmentId) wrong.push(`${charge.id} is stamped with another environment`);
    if (row.stripe_account_id !== charge.accountId) wrong.push(`${charge.id} is on the account of somebody else`);
    const of = {
      connectionId: row.connection_id as string,
      customerId: row.customer_id as string,
      invoiceId: row.invoice_id as string,
    };
    const against = charge.lookedSince === null ? null : this.#standing.reasonAgainst(of, charge.lookedSince);
    // By a call of ours no invoice is ever charged beyond its total, not even for a moment before it goes back.
    const kept = this.#keptFor(of.invoiceId);
    const isTooMuch =
      charge.lookedSince !== null && kept > (row.total_minor as bigint) && !this.isExcused(of.invoiceId);
    const tooMuch = isTooMuch ? [`${charge.id} brought ${of.invoiceId} to ${kept} of ${row.total_minor}`] : [];
    const unwanted = against === null ? [] : [`${charge.id} for ${charge.paymentId} (${row.status}): ${against}`];
    return [
      ...broken('charge_has_row', wrong),
      ...broken('charge_was_wanted', unwanted),
      ...broken('charged_at_most_once', tooMuch),
    ];
  }
}
