import {
  type DeliveryFacts,
  decideDelivery,
  type EndpointDisabledReason,
  type Instant,
  isDelivered,
  reasonToDisable,
} from '@tollbridge/core';
import { Changes } from '../changes.js';
import type { Context } from '../context.js';
import { addDecided } from '../decided.js';
import type { HostAnswer } from '../host-applications.js';
import type { JobBurial, JobResult } from '../jobs/handlers.js';
import type { Job } from '../jobs/queue.js';
import { nothingToDo } from '../jobs/run-job.js';
import { eventToJson } from '../json/event.js';
import { webhookEndpointToJson } from '../json/webhook-endpoint.js';
import { withoutSecrets } from '../log.js';
import {
  type DeliveryAttempt,
  deliveryAttemptsTable,
  findDelivery,
  type WebhookDelivery,
  webhookDeliveriesTable,
} from '../store/webhook-deliveries.js';
import {
  clearFailing,
  findFailingSince,
  markFailing,
  type WebhookEndpoint,
  webhookEndpointsTable,
} from '../store/webhook-endpoints.js';
import { findWebhookSending, type WebhookSending } from '../store/webhook-sendings.js';
import { webhookHeaders } from '../webhooks/sign-webhook.js';

/** Long enough for a slow host, and far below a lease. */
const TIMEOUT_MILLISECONDS = 15_000;
const BODY_CHARACTERS_KEPT = 1_000;

/** What is sent to an endpoint that wants it. */
type Sending = WebhookSending & { readonly endpoint: WebhookEndpoint };

/** Tells one host application of one event (OUT-1). It may be told twice, and never not at all. */
export async function deliverWebhook(context: Context, job: Job): Promise<JobResult> {
  const found = await findWebhookSending(context.db, job.environmentId, job.payload.deliveryId as string);
  if (found === null || found.delivery.status !== 'pending') return nothingToDo();
  const { delivery, environment, endpoint } = found;
  if (endpoint === null || endpoint.status === 'disabled' || environment.deletedAt !== null) {
    const canceled = { ...delivery, status: 'canceled' as const, nextAttemptAt: null };
    return { kind: 'done', changes: new Changes().update(webhookDeliveriesTable, canceled) };
  }
  return attempt(context, { ...found, endpoint });
}

/**
 * As after its last try: the next message of its object has gone past it, and the log of deliveries says so. There it is
 * sent again by hand, so the job is done.
 */
export const buryDelivery: JobBurial = async (context, job, error) => {
  const delivery = await findDelivery(context.db, job.environmentId, job.payload.deliveryId as string);
  const changes = new Changes();
  if (delivery?.status === 'pending') {
    const lastError = `${error.code}: ${error.message}`;
    changes.update(webhookDeliveriesTable, { ...delivery, status: 'failed', nextAttemptAt: null, lastError });
  }
  return { kind: 'done', changes };
};

async function attempt(context: Context, sending: Sending): Promise<JobResult> {
  const { endpoint, delivery } = sending;
  const sentAt = context.clock.machineNow();
  const answer = await send(context, sending, sentAt);
  const now = context.clock.machineNow();
  const outcome = { status: answer.kind === 'answered' ? answer.status : null };
  const failingSince = await failingSinceAfter(context, endpoint, { outcome, now });
  const [random = 0] = context.randomBytes(1);
  const facts: DeliveryFacts = {
    failuresBefore: delivery.attempts,
    outcome,
    failingSince,
    now,
    jitter: random / 255,
  };
  return resultOf(context, sending, { facts, record: recordOf(context, delivery, { answer, sentAt, now }) });
}

/**
 * Notes whether the endpoint took what was sent, and gives since when it has taken nothing. It is asked after the answer, and
 * the note of a good one is always made: others are sent to it meanwhile, and theirs may have failed.
 */
async function failingSinceAfter(
  context: Context,
  { environmentId, id }: WebhookEndpoint,
  { outcome, now }: Pick<DeliveryFacts, 'outcome' | 'now'>,
): Promise<Instant | null> {
  if (isDelivered(outcome)) {
    await clearFailing(context.db, environmentId, id);
    return null;
  }
  const failing = await findFailingSince(context.db, environmentId, [id]);
  const failingSince = failing.get(id) ?? null;
  if (failingSince === null) await markFailing(context.db, environmentId, id, now);
  return failingSince;
}

function send(context: Context, { environment, event, endpoint }: Sending, sentAt: Instant): Promise<HostAnswer> {
  const body = JSON.stringify(eventToJson(event));
  return context.hosts.send({
    url: endpoint.url,
    headers: webhookHeaders({ id: event.id, sentAt, body, secrets: secretsOf(context, endpoint, sentAt) }),
    body,
    timeoutMilliseconds: TIMEOUT_MILLISECONDS,
    allowPrivate: environment.allowPrivateWebhookUrls,
    allowLoopback: environment.kind === 'test',
  });
}

function secretsOf(context: Context, endpoint: WebhookEndpoint, now: Instant): string[] {
  const secrets = [context.secrets.open(endpoint.secretSealed, endpoint.id)];
  const { previousSecretSealed, previousSecretExpiresAt } = endpoint;
  if (previousSecretSealed !== null && (previousSecretExpiresAt ?? 0) > now)
    secrets.push(context.secrets.open(previousSecretSealed, endpoint.id));
  return secrets;
}

interface AttemptMade {
  readonly answer: HostAnswer;
  readonly sentAt: Instant;
  readonly now: Instant;
}

function recordOf(context: Context, delivery: WebhookDelivery, { answer, sentAt, now }: AttemptMade): DeliveryAttempt {
  return {
    environmentId: delivery.environmentId,
    id: context.newId('deliveryAttempt'),
    deliveryId: delivery.id,
    attemptedAt: sentAt,
    durationMilliseconds: now - sentAt,
    responseStatus: answer.kind === 'answered' ? answer.status : null,
    responseBody: answer.kind === 'answered' ? shortened(answer.body) : null,
    error: answer.kind === 'answered' ? null : answer.message,
  };
}

/** PostgreSQL stores no NUL in a text, and a host may answer anything. */
const shortened = (body: string): string => withoutSecrets(body.replaceAll('\0', '')).slice(0, BODY_CHARACTERS_KEPT);

function resultOf(
  context: Context,
  { delivery, endpoint }: Sending,
  { facts, record }: { readonly facts: DeliveryFacts; readonly record: DeliveryAttempt },
): JobResult {
  const changes = new Changes().insert(deliveryAttemptsTable, record);
  const attempted = {
    ...delivery,
    attempts: delivery.attempts + 1,
    lastAttemptAt: record.attemptedAt,
    nextAttemptAt: null,
    lastResponseStatus: record.responseStatus,
    lastError: errorTextOf(record),
  };
  const decision = decideDelivery(facts);
  const disabled = reasonToDisable(facts);
  if (disabled !== null) addDisabled(context, changes, { endpoint, reason: disabled });
  if (decision.kind === 'delivered') {
    const delivered = { ...attempted, status: 'delivered' as const, deliveredAt: facts.now, lastError: null };
    return { kind: 'done', changes: changes.update(webhookDeliveriesTable, delivered) };
  }
  if (decision.kind === 'failed' || disabled !== null)
    return {
      kind: 'done',
      changes: changes.update(webhookDeliveriesTable, { ...attempted, status: 'failed' as const }),
    };
  const nextAttemptAt = (facts.now + decision.delayMilliseconds) as Instant;
  return {
    kind: 'later',
    delayMilliseconds: decision.delayMilliseconds,
    error: { code: 'host_refused', message: attempted.lastError ?? '' },
    freesKey: decision.freesOrder,
    changes: changes.update(webhookDeliveriesTable, { ...attempted, nextAttemptAt }),
  };
}

const errorTextOf = (record: DeliveryAttempt): string => record.error ?? `the host answered ${record.responseStatus}`;

/** Switches an endpoint off, and tells the others and the audit log why. */
function addDisabled(
  context: Context,
  changes: Changes,
  { endpoint, reason }: { readonly endpoint: WebhookEndpoint; readonly reason: EndpointDisabledReason },
): void {
  const disabled: WebhookEndpoint = { ...endpoint, status: 'disabled', disabledReason: reason };
  changes.update(webhookEndpointsTable, disabled);
  changes.note({
    environmentId: endpoint.environmentId,
    id: context.newId('auditEntry'),
    actor: { kind: 'system', id: null, address: null, requestId: null },
    action: 'webhook_endpoint.disabled',
    objectKind: 'webhook_endpoint',
    objectId: endpoint.id,
    before: webhookEndpointToJson(endpoint),
    after: webhookEndpointToJson(disabled),
  });
  const type = 'webhook_endpoint.disabled' as const;
  const event = { type, objectKind: 'webhookEndpoint' as const, objectId: endpoint.id, customerId: null };
  addDecided(context, changes, endpoint.environmentId, { postings: [], events: [event] }, () =>
    webhookEndpointToJson(disabled),
  );
}
