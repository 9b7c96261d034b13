import { createWorld, testDatabases, type World } from '@tollbridge/simulation';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { control } from '../connection-story.js';
import { ManagedStory, PLATFORM_KEY } from '../managed-story.js';

const SECOND = 1_000;
const DETAILS = ['identity.individual.documents.primary_verification', 'identity.business_details.address.line1'];

/** What happens at Stripe, what somebody asks for here, and what goes wrong in between. */
const STEPS = [
  'onboard',
  'leave',
  'raise',
  'clear',
  'reject',
  'accept',
  'uninstall',
  'check',
  'link',
  'push_lost',
  'push_back',
  'key_revoked',
  'key_good',
  'time_passes',
] as const;
type Step = (typeof STEPS)[number];

const WALKS = 12;
const STEPS_MAX = 8;

describe.each(testDatabases())('the status on the card, on %s', (database) => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld({ database });
  });
  afterEach(() => world.close());

  async function take(story: ManagedStory, step: Step, accountId: string): Promise<void> {
    const tell = (what: string, fields: object, method: 'POST' | 'DELETE' = 'POST') => {
      try {
        control(world, what, { account: accountId, ...fields }, method);
      } catch {
        // It was not there to be cleared, or is uninstalled: then nothing happened.
      }
    };
    const cards = { capability: 'card_payments' };
    const acts: Readonly<Record<Step, () => unknown>> = {
      onboard: () => story.onboard().catch(() => null),
      leave: () => story.onboard('person').catch(() => null),
      raise: () => tell('requirements', { description: DETAILS[0], due_in_seconds: 600 }),
      clear: () => tell('requirements', { description: DETAILS[0] }, 'DELETE'),
      reject: () => tell('capabilities', { ...cards, status: 'rejected', code: 'rejected_other' }),
      accept: () => tell('capabilities', { ...cards, status: null }),
      uninstall: () => tell('connections', { platform: PLATFORM_KEY }, 'DELETE'),
      check: () => world.request('POST', `/v1/connections/${story.id}/check`),
      link: () => story.link(),
      push_lost: () => {
        world.pushReaches = false;
      },
      push_back: () => {
        world.pushReaches = true;
      },
      key_revoked: () => control(world, 'keys', { key: PLATFORM_KEY, revoked: true }),
      key_good: () => control(world, 'keys', { key: PLATFORM_KEY, revoked: false }),
      time_passes: () => world.advance(400 * SECOND, 100 * SECOND),
    };
    await acts[step]();
    await world.quiet();
  }

  /** The status that Stripe's own word amounts to, worked out here from its object alone. */
  async function truth(accountId: string): Promise<string> {
    const include = ['configuration.merchant', 'requirements'] as const;
    const account = await world
      .stripe(PLATFORM_KEY)
      .v2.core.accounts.retrieve(accountId, { include: [...include] })
      .catch(() => null);
    if (account === null || account.closed === true) return 'disconnected';
    const cards = account.configuration?.merchant?.capabilities?.card_payments;
    const isDecided = cards?.status_details?.some(({ code }) => code.startsWith('rejected_')) === true;
    if (isDecided) return 'error';
    const isWanted = account.requirements?.entries?.some(
      ({ awaiting_action_from: who, minimum_deadline: by }) => who === 'user' && by.status !== 'eventually_due',
    );
    return cards?.status === 'active' && isWanted !== true ? 'connected' : 'in_progress';
  }

  test('CON-4: after any walk of what Stripe does, people ask for and gets lost, it is what Stripe says, once all is quiet', async () => {
    let walks = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...STEPS), { minLength: 1, maxLength: STEPS_MAX }), async (steps) => {
        walks += 1;
        const story = new ManagedStory(world);
        const made = await story.connect({ code: `walk-${walks}`, country: 'US' });
        const accountId = String(made.body.stripe_account_id);
        await world.quiet();
        for (const step of steps) await take(story, step, accountId);
        await take(story, 'push_back', accountId);
        await take(story, 'key_good', accountId);
        await world.advance(60 * SECOND, 10 * SECOND);
        expect(`${steps.join(' ')}: ${(await story.card()).status}`).toBe(
          `${steps.join(' ')}: ${await truth(accountId)}`,
        );
        await world.request('POST', `/v1/connections/${story.id}/disconnect`, { confirm: `walk-${walks}` });
      }),
      { numRuns: WALKS },
    );
    expect(walks).toBeGreaterThanOrEqual(WALKS);
  });
});
