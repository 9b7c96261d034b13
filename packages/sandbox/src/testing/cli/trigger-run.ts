import Stripe from 'stripe';
import { contract } from '../../contract/contract.js';
import { type DeliveryRecord, deliveries } from '../../deliveries.js';
import { type EventObject, events } from '../../events.js';
import type { RequestRecord } from '../../request-log.js';
import { Router } from '../../router.js';
import { defaultVersion } from '../../versions.js';
import { type RunningSandbox, runSandbox, startReceiver, type WebhookReceiver } from '../running-sandbox.js';
import { type CliListener, openStripeCli, type StripeCli } from './stripe-cli.js';

/** How one `stripe trigger` went. */
export interface TriggerRow {
  readonly trigger: string;
  readonly outcome: 'failed' | 'out of scope' | 'passed';
  /** The resource that puts it out of scope, what went wrong, or what it took; empty when there is nothing to say. */
  readonly note: string;
}

/** A sandbox with a listening CLI whose receiver verifies what arrives by the SDK. */
export interface TriggerRun {
  readonly sandbox: RunningSandbox;
  /** What `stripe trigger --help` lists. */
  triggers(): Promise<string[]>;
  run(trigger: string): Promise<TriggerRow>;
  close(): Promise<void>;
}

const key = 'sk_test_clitriggers';

export const openTriggerRun = async (): Promise<TriggerRun> => {
  const sandbox = await runSandbox();
  const receiver = await startReceiver();
  const cli = openStripeCli(sandbox.server.url, key);
  const close = async (): Promise<void> => {
    cli.close();
    await receiver.close();
    await sandbox.close();
  };
  try {
    const listener = await cli.listen(receiver.url, '--all-snapshot');
    const stripe = sandbox.stripe(key);
    // In Stripe's Dashboard a portal's settings are saved once before its sessions can be opened.
    await stripe.billingPortal.configurations.create({ features: { invoice_history: { enabled: true } } });
    const world: World = { sandbox, receiver, cli, listener, stripe };
    return { sandbox, triggers: () => triggersOf(cli), run: (trigger) => rowOf(world, trigger), close };
  } catch (error) {
    await close();
    throw error;
  }
};

interface World {
  readonly sandbox: RunningSandbox;
  readonly receiver: WebhookReceiver;
  readonly cli: StripeCli;
  readonly listener: CliListener;
  readonly stripe: Stripe;
}

/** Of the help's part between "Supported events:" and "Usage:". */
const triggersOf = async (cli: StripeCli): Promise<string[]> => {
  const { output } = await cli.run('trigger', '--help');
  const listed = /Supported events:\n([\s\S]*?)\nUsage:/.exec(output)?.[1] ?? '';
  return listed.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
};

const rowOf = async (world: World, trigger: string): Promise<TriggerRow> => {
  const requestsBefore = new Set(requestsOf(world).map(({ id }) => id));
  const before = { count: world.receiver.received.length, eventIds: new Set(eventsOf(world).map(({ id }) => id)) };
  const version = versionsByTrigger[trigger];
  const takesTokens = givesTokens.test(trigger);
  await world.sandbox.control('POST', 'accounts', {
    key,
    default_version: version ?? defaultVersion,
    card_tokens: takesTokens,
  });
  const { exitCode, output } = await world.cli.run('trigger', trigger);
  const requests = requestsOf(world).filter(({ id }) => !requestsBefore.has(id));
  if (exitCode !== 0) {
    const resource = resourceOutOfScope(requests) ?? resourceAtStop(trigger, requests);
    if (resource !== undefined) return { trigger, outcome: 'out of scope', note: resource };
    return { trigger, outcome: 'failed', note: lastRefusal(requests) ?? output.trim().slice(0, noteCharactersMax) };
  }
  const type = eventOf(trigger);
  const conditions = version === undefined ? [] : [`the account's version is ${version}`];
  if (takesTokens) conditions.push('the account takes card tokens');
  if (!hasHappened(world, type, before)) {
    // A bank's answer takes minutes of the account's clock, in which nobody has to wait here.
    await world.sandbox.control('POST', 'clock', { key, advance_seconds: laterSeconds });
    if (!hasHappened(world, type, before)) return { trigger, outcome: 'failed', note: `no ${type} happened` };
    conditions.push(`after ${laterSeconds} seconds of the account's clock`);
  }
  const problem = await problemOfArrival(world, type, before);
  if (problem !== null) return { trigger, outcome: 'failed', note: problem };
  return { trigger, outcome: 'passed', note: conditions.join(', ') };
};

/** Whether an event of that type is new, once all that is due has followed. */
const hasHappened = (world: World, type: string, before: Before): boolean => {
  const { sandbox } = world.sandbox.server;
  for (let ticks = 0; ticks < ticksMax && (sandbox.nextDueMs() ?? Date.now() + 1) <= Date.now(); ticks += 1) {
    sandbox.tick(Date.now());
  }
  return eventsOf(world).some((event) => event.type === type && !before.eventIds.has(event.id));
};

/** A test clock moves 50 steps a tick, and no fixture takes more than a few. */
const ticksMax = 100;

const laterSeconds = 600;

/**
 * The CLI sends no version, and some of its fixtures are older than what an account begins with today. Since basil no
 * customer is given a coupon, and since clover a promotion code does not name one at its top (the SDK's changelog, its
 * versions 18 and 19); since 2023-08-16 a confirmation needs a way back for methods that lead away
 * (https://docs.stripe.com/changelog/2023-08-16/automatic-payment-methods).
 */
const beforeBasil = '2025-02-24.acacia';
const beforeClover = '2025-08-27.basil';
const beforeAutomaticMethods = '2022-11-15';
const versionsByTrigger: Readonly<Record<string, string>> = {
  'customer.discount.created': beforeBasil,
  'customer.discount.deleted': beforeBasil,
  'customer.discount.updated': beforeBasil,
  'payment_method.updated': beforeAutomaticMethods,
  'promotion_code.created': beforeClover,
  'promotion_code.updated': beforeClover,
  'setup_intent.requires_action': beforeAutomaticMethods,
  'transfer.created': beforeAutomaticMethods,
  'transfer.reversed': beforeAutomaticMethods,
  'transfer.updated': beforeAutomaticMethods,
};

/** Those whose fixtures give a customer a card's token, which only accounts take whose policies were changed. */
const givesTokens = /^(customer\.source|quote|subscription_schedule)\./;

/** Where a fixture ends before it asks for what it is about: at a parameter that is refused as Stripe would. */
interface Stop {
  readonly resource: string;
  readonly param: string;
}

const stopsByTrigger: Readonly<Record<string, Stop>> = {
  'payment_intent.partially_funded': {
    resource: 'bank transfers of type jp_bank_account, which the API has under another name',
    param: 'payment_method_options[customer_balance][bank_transfer][type]',
  },
};

/** The resource of a fixture that ended where it must; whatever else ends it has failed. */
const resourceAtStop = (trigger: string, requests: readonly RequestRecord[]): string | undefined => {
  const stop = stopsByTrigger[trigger];
  return stop !== undefined && refusalOf(requests)?.param === stop.param ? stop.resource : undefined;
};

const noteCharactersMax = 300;

const requestsOf = ({ sandbox }: World): RequestRecord[] =>
  [...sandbox.server.sandbox.core.accounts.values()].flatMap((account) => [...account.requests]);

const eventsOf = ({ sandbox }: World): EventObject[] => {
  const accounts = [...sandbox.server.sandbox.core.accounts.values()];
  return accounts.flatMap(({ store }) => [...store.oldestFirst(events.type)] as EventObject[]);
};

const outOfScope = new Router<string>();
for (const operation of contract.outOfScope) outOfScope.add(operation.replaceAll('*', ':any'), operation);

/** The first request of an operation that Stripe has and the sandbox leaves out: `subscription_schedules`. */
const resourceOutOfScope = (requests: readonly RequestRecord[]): string | undefined => {
  for (const { method, status, url } of requests) {
    const operation = status === 404 ? outOfScope.find(method, url.split('?')[0] ?? '')?.value : undefined;
    if (operation !== undefined) return resourceOf(operation);
  }
  return undefined;
};

/** What a path names without its ids: 'customers/sources'. */
const resourceOf = (operation: string): string =>
  operation
    .split('/')
    .slice(2)
    .filter((segment) => segment !== '*')
    .join('/');

interface Refusal {
  readonly message?: string;
  readonly param?: string;
}

/** What the last request that was refused was told. */
const refusalOf = (requests: readonly RequestRecord[]): (Refusal & { readonly request: RequestRecord }) | undefined => {
  const request = requests.findLast(({ status }) => status >= 400);
  if (request === undefined) return undefined;
  const { error } = JSON.parse(request.answer) as { error?: Refusal };
  return { ...error, request };
};

const lastRefusal = (requests: readonly RequestRecord[]): string | undefined => {
  const refusal = refusalOf(requests);
  if (refusal === undefined) return undefined;
  const { method, url, status } = refusal.request;
  return `${method} ${url}: ${status} ${refusal.message ?? ''}`;
};

/** Some triggers are named for what they show and not for the one event that tells it. */
const eventsByTrigger: Readonly<Record<string, string>> = {
  'issuing_authorization.request.eu': 'issuing_authorization.request',
  'issuing_authorization.request.gb': 'issuing_authorization.request',
  'subscription.payment_failed': 'invoice.payment_failed',
  'subscription.payment_succeeded': 'invoice.payment_succeeded',
};

export const eventOf = (trigger: string): string => eventsByTrigger[trigger] ?? trigger;

/** A bound for what never arrives: on a busy machine the CLI takes seconds to hand an event on. */
const arrivalMsMax = 60_000;

/** What had happened before the trigger: an earlier one's event that is late is not this one's. */
interface Before {
  readonly count: number;
  readonly eventIds: ReadonlySet<string>;
}

/** Waits for the event at the receiver and lets the SDK look at its signature: what is wrong with it, null when nothing is. */
const problemOfArrival = async (world: World, type: string, before: Before): Promise<string | null> => {
  const { receiver, listener, stripe } = world;
  const deadline = AbortSignal.timeout(arrivalMsMax);
  let seen = before.count;
  while (!deadline.aborted) {
    const received = await Promise.race([receiver.arrived(seen + 1), aborted(deadline)]);
    for (const { body, signature } of received?.slice(seen) ?? []) {
      seen += 1;
      const event = JSON.parse(body) as { id: string; type: string };
      if (event.type !== type || before.eventIds.has(event.id)) continue;
      return signatureProblem(stripe, { body, signature, secret: listener.secret });
    }
  }
  return `no ${type} arrived; on its way: ${waysOf(world, type, before).join(', ') || 'none'}`;
};

/** What became of the deliveries of the new events of that type: none when the listener was away as they happened. */
const waysOf = ({ sandbox }: World, type: string, before: Before): string[] =>
  [...sandbox.server.sandbox.core.accounts.values()].flatMap(({ store }) =>
    ([...store.oldestFirst(deliveries.type)] as DeliveryRecord[]).flatMap((one) =>
      one.eventType === type && !before.eventIds.has(one.event)
        ? [`${one.status} ${one.answerError ?? ''}`.trim()]
        : [],
    ),
  );

const aborted = (signal: AbortSignal): Promise<undefined> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });

const signatureProblem = (
  stripe: Stripe,
  message: { body: string; signature: string; secret: string },
): string | null => {
  try {
    stripe.webhooks.constructEvent(message.body, message.signature, message.secret);
    return null;
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeSignatureVerificationError)) throw error;
    return `its signature does not verify: ${error.message}`;
  }
};
