import type { Connection } from '@tollbridge/core';
import type { Context } from '../context.js';
import type { HeldObject } from '../store/held-objects.js';
import type { StripeEventRow } from '../store/stripe-events.js';

/**
 * The sign to look at an object, as an event of Stripe's would give it: it goes through the inbox and to the same handler, which
 * fetches the object as it is now (EVT-3). Its name holds the gap, so that it is given once however often the work is repeated.
 */
export function signToLookAt(
  context: Pick<Context, 'newId' | 'clock'>,
  connection: Connection,
  { gapId, held }: { readonly gapId: string; readonly held: HeldObject },
): StripeEventRow {
  const now = context.clock.machineNow();
  const { mode, objectId, type } = held;
  return {
    environmentId: connection.environmentId,
    connectionId: connection.id,
    stripeEventId: `reread ${gapId} ${type} ${objectId}`,
    id: context.newId('stripeEvent'),
    type,
    apiVersion: null,
    livemode: connection.livemode,
    account: null,
    objectId,
    occurredAt: now,
    payload: { object: 'sign_to_look', type, data: { object: { id: objectId, ...(mode === null ? {} : { mode }) } } },
    receivedVia: 'reread',
    receivedAt: now,
    status: 'pending',
    attempts: 0,
    lastError: null,
    processedAt: null,
    version: 1,
  };
}
