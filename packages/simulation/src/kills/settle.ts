import { all } from './both-sides.js';
import { clearingAndBalance } from './compare.js';
import type { Stage } from './stage.js';
import { pause } from './until.js';

/**
 * The lease of a worker that was killed ends after a minute, one that lapses again waits up to another, and the balance is
 * read four times a minute.
 */
const SETTLE_MILLISECONDS_MAX = 300_000;
const LOOK_MILLISECONDS = 250;
/** It must stand still this often in a row: what comes of one job is the next. */
const QUIET_LOOKS = 6;

/** Waits until nothing is left to do on either side. Gives what still was left when the time was over. */
export async function settle(stage: Stage): Promise<string[]> {
  const deadline = performance.now() + SETTLE_MILLISECONDS_MAX;
  let left: string[] = [];
  for (let quiet = 0; quiet < QUIET_LOOKS && performance.now() < deadline; ) {
    left = await whatIsLeft(stage);
    if (left.length === 0) left = await whatIsNotPosted(stage);
    quiet = left.length === 0 ? quiet + 1 : 0;
    await pause(LOOK_MILLISECONDS);
  }
  return [...left.map((each) => `${each} are left after ${SETTLE_MILLISECONDS_MAX / 1_000} s`), ...(await dead(stage))];
}

async function whatIsLeft({ reading: { tollbridge }, installation, host }: Stage): Promise<string[]> {
  const left: string[] = [];
  const answer = await fetch(`${installation.apiUrl}/metrics`);
  const metrics = await answer.text();
  if (!answer.ok) left.push('jobs that cannot be counted');
  for (const [, lane, count] of metrics.matchAll(/^tollbridge_jobs_waiting\{lane="(\w+)"\} (\d+)$/gm))
    if (count !== '0') left.push(`${count} jobs of the lane ${lane}`);
  const { data: pending } = await tollbridge.stripeEvents.list({ status: 'pending', limit: 1 });
  if (pending.length > 0) left.push("events of Stripe's");
  const { data: newest } = await tollbridge.events.list({ limit: 100 });
  const untold = newest.filter(({ id }) => !host.isTold(id));
  if (untold.length > 0) left.push(`${untold.length} webhooks`);
  return left;
}

async function whatIsNotPosted({ reading: { tollbridge, stripe }, connectionId }: Stage): Promise<string[]> {
  const { data: balances } = await tollbridge.ledger.listBalances({ owner_id: connectionId });
  return clearingAndBalance({
    balances,
    balanceTransactions: await all(stripe.balanceTransactions.list({ limit: 100 })),
  });
}

/** What gave up: somebody would have to look at it, and nobody here does. */
async function dead({ reading: { tollbridge } }: Stage): Promise<string[]> {
  const letters = await all(tollbridge.deadLetters.list());
  const events = await all(tollbridge.stripeEvents.list({ status: 'dead' }));
  return [
    ...letters.map(({ id, kind, last_error }) => `${kind} ${id} is a dead letter: ${JSON.stringify(last_error)}`),
    ...events.map(({ stripe_event_id, type, last_error }) => `${type} ${stripe_event_id} is dead: ${last_error}`),
  ];
}
