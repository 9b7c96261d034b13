import { Tollbridge } from '@tollbridge/sdk';
import { HostApplication } from '@tollbridge/server/demo/host-application';
import Stripe from 'stripe';
import { Book } from './book.js';
import type { Installation } from './installation.js';
import { until } from './until.js';

/** Somebody who pays, on both sides. */
export interface Payer {
  readonly id: string;
  readonly stripeId: string;
  /** His card is declined whenever it is charged. */
  readonly isDeclined: boolean;
}

/** Everything a round is played with. */
export interface Stage {
  readonly installation: Installation;
  readonly tollbridge: Tollbridge;
  /** The account's own key, as its dashboard would use it. */
  readonly stripe: Stripe;
  /** The same two, for looking: what they are asked may be asked again. */
  readonly reading: { readonly tollbridge: Tollbridge; readonly stripe: Stripe };
  readonly host: HostApplication;
  readonly book: Book;
  readonly connectionId: string;
  readonly payers: readonly Payer[];
}

const PAYERS = 6;
const CARD_GOOD = 'pm_card_visa';
const CARD_DECLINED = 'pm_card_chargeCustomerFail';
const CALL_TIMEOUT_MILLISECONDS = 20_000;
const READ_RETRIES_MAX = 5;
const CARDS_MILLISECONDS_MAX = 30_000;

/** A host application that is told everything, a connected account, and payers with cards, one of them a bad one. */
export async function setStage(installation: Installation, seed: number): Promise<Stage> {
  const host = await HostApplication.start();
  const stripeKey = `sk_test_kills${seed}x${'k'.repeat(16)}`;
  // Writes have no tries of their own: whether each was answered is what is looked at here.
  const { tollbridge, stripe } = clients(installation, stripeKey, 0);
  const reading = clients(installation, stripeKey, READ_RETRIES_MAX);
  const endpoint = await tollbridge.webhookEndpoints.create({ url: host.url, description: 'kills' });
  host.secret = endpoint.secret ?? '';
  const connection = await tollbridge.connections.create({
    secret_key: stripeKey,
    host: 'sandbox',
    create_customers: true,
    poll_interval_seconds: 5,
  });
  const payers: Payer[] = [];
  for (let index = 0; index < PAYERS; index++)
    payers.push(await makePayer({ tollbridge, stripe }, index, index === PAYERS - 1));
  await until('the cards of all payers', CARDS_MILLISECONDS_MAX, async () => {
    for (const { id } of payers)
      if ((await tollbridge.customers.get(id)).default_payment_method_id === null) return null;
    return true;
  });
  return { installation, tollbridge, stripe, reading, host, book: new Book(), connectionId: connection.id, payers };
}

function clients(
  { apiUrl, sandboxUrl, secretKey }: Installation,
  stripeKey: string,
  retriesMax: number,
): Pick<Stage, 'tollbridge' | 'stripe'> {
  const { hostname, port } = new URL(sandboxUrl);
  return {
    tollbridge: new Tollbridge({
      apiKey: secretKey,
      baseUrl: apiUrl,
      retriesMax,
      timeoutMilliseconds: CALL_TIMEOUT_MILLISECONDS,
    }),
    stripe: new Stripe(stripeKey, {
      host: hostname,
      port,
      protocol: 'http',
      maxNetworkRetries: retriesMax,
      timeout: CALL_TIMEOUT_MILLISECONDS,
    }),
  };
}

async function makePayer(
  { tollbridge, stripe }: Pick<Stage, 'tollbridge' | 'stripe'>,
  index: number,
  isDeclined: boolean,
): Promise<Payer> {
  const customer = await tollbridge.customers.create({
    external_id: `payer-${index}`,
    name: `Payer ${index}`,
    emails: [`payer-${index}@example.com`],
    sync_with_provider: true,
    sync: true,
  });
  const stripeId = customer.provider_customer_id;
  if (stripeId === null) throw new Error(`payer ${index} was not made in Stripe: ${customer.provider_status}`);
  const card = await stripe.paymentMethods.attach(isDeclined ? CARD_DECLINED : CARD_GOOD, { customer: stripeId });
  await stripe.customers.update(stripeId, { invoice_settings: { default_payment_method: card.id } });
  return { id: customer.id, stripeId, isDeclined };
}
