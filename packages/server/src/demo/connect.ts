import { expect, refusalOf, type Stage, WAIT_MILLISECONDS } from './stage.js';

interface ChecklistItem {
  readonly permission: string;
  readonly granted: boolean | null;
  readonly is_required: boolean;
}

/** The host application listens, and a Stripe account is connected by its key. */
export async function connect(stage: Stage): Promise<string> {
  const { tollbridge, host, stripe, stripeKey, program } = stage;
  program.chapter('A host application and a Stripe account');

  await program.step('The host application is told by signed webhooks', async () => {
    const endpoint = await tollbridge.webhookEndpoints.create({ url: host.url, description: 'the demo' });
    host.secret = endpoint.secret ?? '';
    await tollbridge.webhookEndpoints.test(endpoint.id);
    const told = await host.told('webhook_endpoint.test', ({ id }) => id === endpoint.id, WAIT_MILLISECONDS);
    return [`${told.object} ${told.id}: the signature fits`, null];
  });

  await program.step('A live key is refused in a test environment', async () => {
    const refused = await refusalOf(
      'key_live_in_test_environment',
      tollbridge.connections.create({ secret_key: `sk_live_sandbox_${'x'.repeat(24)}` }),
    );
    return [refused.message, null];
  });

  await program.step('A restricted key that lacks a right is tried, and never stored', async () => {
    const restricted = stripeKey.replace('sk_test_', 'rk_test_');
    await stripe.steer('keys', { key: restricted, permissions: { customers: 'read' } });
    const { details } = await refusalOf(
      'connection_probe_failed',
      tollbridge.connections.create({ secret_key: restricted, host: 'sandbox' }),
    );
    const { checklist = [] } = details as { checklist?: ChecklistItem[] };
    const missing = checklist.filter((item) => item.is_required && item.granted === false);
    expect(missing.length > 0, 'the checklist names nothing that is missing');
    const { data } = await tollbridge.connections.list();
    expect(data.length === 0, 'a connection was stored');
    return [
      `missing: ${missing
        .map(({ permission }) => permission)
        .slice(0, 4)
        .join(', ')} …`,
      null,
    ];
  });

  return program.step('The secret key is connected and probed', async () => {
    const card = await tollbridge.connections.create({
      secret_key: stripeKey,
      host: 'sandbox',
      poll_interval_seconds: 5,
    });
    expect(card.status === 'connected', `its status is "${card.status}": ${card.sentence}`);
    const granted = card.checklist.filter((item) => item.granted === true).map(({ permission }) => permission);
    const text = `${card.stripe_account_id}, ${granted.length} of ${card.checklist.length} rights: ${granted.join(', ')}`;
    return [text, card.id];
  });
}
