import type { Answer } from '../asked.js';
import type { Context } from '../context.js';
import { webhookDeliveryToJson } from '../json/webhook-delivery.js';
import { performJob } from '../perform.js';
import { findDelivery, listDeliveryAttempts } from '../store/webhook-deliveries.js';

export interface DeliveryToPerform {
  readonly environmentId: string;
  readonly deliveryId: string;
  readonly jobId: string;
  readonly token: string | null;
}

/**
 * Makes one attempt of a delivery because a person waits for it, and shows what came of it: 202 while no attempt was
 * made, because earlier messages about the same object come first. Null when there is no such delivery.
 */
export async function performDelivery(context: Context, asked: DeliveryToPerform): Promise<Answer | null> {
  await performJob(context, asked);
  const delivery = await findDelivery(context.db, asked.environmentId, asked.deliveryId);
  if (delivery === null) return null;
  const log = await listDeliveryAttempts(context.db, asked.environmentId, delivery.id);
  const isUnderWay = delivery.status === 'pending' && delivery.attempts === 0;
  return { status: isUnderWay ? 202 : 200, body: webhookDeliveryToJson(delivery, log) };
}
