import { STRIPE_PERMISSIONS } from '@tollbridge/core';
import { issueApiKey } from '@tollbridge/server/organizations/issue-api-key';
import { type EnvironmentKind, findEnvironmentsMeant } from '@tollbridge/server/store/organizations';
import type { World } from '@tollbridge/simulation';

/** The sandbox's own control, as an operator uses it. */
export function control(
  world: World,
  what: string,
  fields: Readonly<Record<string, unknown>>,
  method: 'GET' | 'POST' | 'DELETE' = 'POST',
): unknown {
  const answer = world.sandbox.handle({
    method,
    url: `/_sandbox/${what}`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fields),
  });
  if (answer.kind === 'cut' || answer.status !== 200) throw new Error(`the sandbox refused ${what}`);
  return JSON.parse(answer.body);
}

/** A secret API key of the first environment of a kind. */
export async function keyOfEnvironment(world: World, kind: EnvironmentKind): Promise<string> {
  const { context } = world;
  const [environment] = await findEnvironmentsMeant(context.db, kind);
  if (environment === undefined) throw new Error(`there is no ${kind} environment`);
  return issueApiKey(context, environment, { name: 'Story', scopes: ['read', 'write'] });
}

/** What the sandbox calls the right that each of our permissions is proven by. */
const SANDBOX_RIGHTS: Readonly<Record<string, readonly string[]>> = {
  balance_transactions_read: ['balance_transactions'],
  charges_write: ['refunds', 'charges'],
  customers_write: ['customers'],
  disputes_read: ['disputes'],
  events_read: ['events'],
  payment_intents_write: ['payment_intents'],
  payment_methods_write: ['payment_methods'],
  setup_intents_write: ['setup_intents'],
  products_write: ['products'],
  prices_write: ['prices'],
  checkout_sessions_write: ['checkout_sessions'],
  account_read: ['account'],
  webhook_endpoints_write: ['webhook_endpoints'],
};

/** A restricted key of the sandbox that has every right but those named. */
export function restrictedKey(world: World, body: string, without: readonly string[] = []): string {
  const key = `rk_test_${body}`;
  const rights = STRIPE_PERMISSIONS.filter(({ permission }) => !without.includes(permission)).flatMap(
    ({ permission, access }) => (SANDBOX_RIGHTS[permission] ?? []).map((name) => [name, access]),
  );
  control(world, 'keys', { key, permissions: Object.fromEntries(rights) });
  return key;
}
