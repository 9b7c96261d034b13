// The peer in a process of its own: @supabase/stripe-sync-engine behind a thin Fastify route, as its own server wraps it.
// usage: node server.cjs DATABASE_URL SECRET STRIPE_KEY SANDBOX_PORT (on | off)
// CommonJS, because runMigrations of its ES module fails: it uses __dirname.
const { StripeSync, runMigrations } = require('@supabase/stripe-sync-engine');
const Fastify = require('fastify');
const Stripe = require('stripe');

const API_VERSION = '2026-10-28.endive';
const CONNECTIONS_MAX = 32;
/** Every kind of object that the benchmark's events are about. */
const REFETCHED = ['customer', 'payment_method', 'payment_intent', 'charge', 'refund'];

async function main() {
  const [, , databaseUrl, stripeWebhookSecret, stripeSecretKey, sandboxPort, refetch] = process.argv;
  await runMigrations({ databaseUrl, schema: 'stripe', logger: { info() {}, error: console.error } });
  const sync = new StripeSync({
    schema: 'stripe',
    stripeSecretKey,
    stripeWebhookSecret,
    stripeApiVersion: API_VERSION,
    autoExpandLists: false,
    backfillRelatedEntities: false,
    revalidateObjectsViaStripeApi: refetch === 'on' ? REFETCHED : [],
    poolConfig: { connectionString: databaseUrl, max: CONNECTIONS_MAX },
  });
  // Migrations that failed are logged, and no more.
  await sync.postgresClient.query('select last_synced_at from stripe.refunds limit 1');
  // The same client, asking the same sandbox.
  sync.stripe = new Stripe(stripeSecretKey, {
    apiVersion: API_VERSION,
    host: '127.0.0.1',
    port: Number(sandboxPort),
    protocol: 'http',
    telemetry: false,
  });
  const app = Fastify();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.post('/webhooks', async (request) => {
    await sync.processWebhook(request.body, request.headers['stripe-signature']);
    return { received: true };
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  process.stdout.write(`at http://127.0.0.1:${app.server.address().port}\n`);
  process.once('SIGTERM', () => process.exit(0));
}

void main();
