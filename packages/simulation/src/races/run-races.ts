import { Tollbridge } from '@tollbridge/sdk';
import Stripe from 'stripe';
import { until } from '../kills/until.js';
import { startFourServers } from './four-servers.js';
import type { RaceResult, Track } from './race.js';
import { RACES } from './races.js';
import { Relay } from './relay.js';

/** What a kind of race came to over all its rounds. */
export interface RaceCount {
  readonly name: string;
  rounds: number;
  tries: number;
  /** Times that its effects were there: as often as it was run, if each had one. */
  effects: number;
  readonly wrong: string[];
}

export interface RaceReport {
  readonly counts: readonly RaceCount[];
  readonly crashes: readonly string[];
  readonly broken: readonly string[];
  readonly logged: ReadonlyMap<string, number>;
}

const CARDS_MILLISECONDS_MAX = 30_000;
const CARD_GOOD = 'pm_card_visa';

/** Every race, as often as asked for, and the books at the end. */
export async function runRaces(rounds: number, onRound: (line: string) => void = () => {}): Promise<RaceReport> {
  const servers = await startFourServers();
  const relay = await Relay.start();
  try {
    const track = await layTrack(servers, relay);
    const counts = RACES.map(({ name }) => newCount(name));
    for (let round = 1; round <= rounds; round++) {
      for (const [index, race] of RACES.entries()) {
        const count = counts[index];
        const result = await race.run({ ...track, round });
        if (count === undefined) continue;
        count.rounds += 1;
        count.tries += result.tries;
        count.effects += Math.max(...Object.values(result.effects));
        count.wrong.push(...notOnce(result), ...result.wrong);
      }
      onRound(`round ${round} of ${rounds}`);
    }
    const { violations } = await track.tollbridge.ledger.check();
    const broken = violations.map(({ identity, subject_id }) => `${identity} of ${subject_id} does not hold`);
    return { counts, crashes: servers.faults.crashes, broken, logged: servers.faults.logged };
  } finally {
    await servers.stop();
    await relay.stop();
  }
}

const notOnce = ({ effects }: RaceResult): string[] =>
  Object.entries(effects).flatMap(([what, count]) => (count === 1 ? [] : [`${what}: ${count} in place of 1`]));

const newCount = (name: string): RaceCount => ({ name, rounds: 0, tries: 0, effects: 0, wrong: [] });

async function layTrack(
  servers: Awaited<ReturnType<typeof startFourServers>>,
  relay: Relay,
): Promise<Omit<Track, 'round'>> {
  const { secretKey, sandboxUrl, urls } = servers;
  const clients = urls.map((baseUrl) => new Tollbridge({ apiKey: secretKey, baseUrl, retriesMax: 0 }));
  const [tollbridge] = clients;
  if (tollbridge === undefined) throw new Error('there is no server');
  const stripeKey = `sk_test_races${'r'.repeat(20)}`;
  const { hostname, port } = new URL(sandboxUrl);
  const stripe = new Stripe(stripeKey, { host: hostname, port, protocol: 'http', maxNetworkRetries: 0 });
  // An endpoint made by hand, so that what Stripe sends can be taken and sent on to all of them.
  const endpoint = await stripe.webhookEndpoints.create({ url: relay.url, enabled_events: ['*'] });
  const connection = await tollbridge.connections.create({
    secret_key: stripeKey,
    host: 'sandbox',
    webhook_secret: endpoint.secret ?? '',
    create_customers: true,
  });
  relay.targets = urls.map((url) => `${url}/stripe/webhooks/${connection.id}`);
  let payers = 0;
  const newPayer = async (name: string, card = CARD_GOOD) => {
    payers += 1;
    const customer = await tollbridge.customers.create({
      external_id: `${name}-${payers}`,
      sync_with_provider: true,
      sync: true,
    });
    const stripeId = customer.provider_customer_id;
    if (stripeId === null) throw new Error(`${name} was not made in Stripe: ${customer.provider_status}`);
    const method = await stripe.paymentMethods.attach(card, { customer: stripeId });
    await stripe.customers.update(stripeId, { invoice_settings: { default_payment_method: method.id } });
    await until('the card', CARDS_MILLISECONDS_MAX, async () =>
      (await tollbridge.customers.get(customer.id)).default_payment_method_id === null ? null : true,
    );
    return { id: customer.id, stripeId };
  };
  return { clients, tollbridge, stripe, relay, newPayer };
}
