import { z } from 'zod';
import { instantText } from './schemas.js';

/** The shapes of a connection and of its card, for the documentation and the SDK. */
export const webhookSecret = z.string().regex(/^whsec_[A-Za-z0-9+/=_-]{8,200}$/, 'a signing secret begins with whsec_');
export const pollIntervalSeconds = z.number().int().min(5).max(3600).describe('How often Stripe is asked for events.');

const permitted = z.object({ allowed: z.boolean(), reason: z.string().nullable() });

export const checklistItem = z.object({
  permission: z.string(),
  needed_for: z.string(),
  is_required: z.boolean(),
  granted: z.boolean().nullable().describe('Null: could not be found out.'),
  how_to_add: z.string(),
});

const connectionFields = {
  object: z.literal('connection'),
  id: z.string(),
  code: z.string(),
  name: z.string(),
  mode: z.enum(['key', 'managed', 'oauth']),
  host: z.enum(['stripe', 'sandbox']),
  livemode: z.boolean(),
  status: z.enum(['connecting', 'in_progress', 'connected', 'disconnected', 'error']),
  status_word: z.string(),
  reason: z.string().describe('Why it has this status; stable.'),
  sentence: z.string().describe('The same for a person.'),
  message: z.string().nullable().describe('What Stripe said about it.'),
  next_action: z.string().nullable(),
  status_changed_at: instantText,
  enabled: z.boolean(),
  create_customers: z.boolean(),
  is_default: z.boolean(),
  stripe_account_id: z.string().nullable(),
  connected_by: z
    .object({ kind: z.enum(['person', 'api_key']), id: z.string() })
    .nullable()
    .describe('Who connected it; null while nobody has.'),
  api_version: z.string(),
  publishable_key: z.string().nullable(),
  secret_key_hint: z.string().nullable(),
  card_payments: z.enum(['active', 'pending', 'inactive', 'unknown']),
  may_collect: permitted,
  may_publish: permitted,
  requirements: z.array(
    z.object({
      field: z.string().describe("Stripe's own name of it."),
      topic: z.enum(['identity_document', 'bank_account', 'tax', 'terms', 'person', 'contact', 'business', 'other']),
      words: z.string().describe('The same for a person: "Stripe wants …".'),
      deadline_at: instantText.nullable(),
      stops_payments: z.boolean().describe('Whether card payments end without it; some details hold up payouts alone.'),
    }),
  ),
  deadline_at: instantText.nullable(),
  checklist: z.array(checklistItem),
  last_event_at: instantText.nullable(),
  created_at: instantText,
};

export const connection = z.object(connectionFields).meta({ id: 'Connection' });

export const connectionTransition = z
  .object({
    object: z.literal('connection_transition'),
    id: z.string(),
    from: z.string().nullable(),
    to: z.string(),
    reason: z.string(),
    sentence: z.string(),
    message: z.string().nullable(),
    occurred_at: instantText,
  })
  .meta({ id: 'ConnectionTransition' });

export const connectionCardSchema = z
  .object({
    ...connectionFields,
    webhook: z.object({
      mode: z.enum(['managed', 'manual', 'platform', 'none']),
      url: z
        .string()
        .nullable()
        .describe('The address to give to Stripe, when the endpoint is made by hand. Null: none is made yet.'),
      events: z.array(z.string()).describe('Exactly the events to subscribe it to.'),
      api_version: z.string(),
      stripe_endpoint_id: z.string().nullable(),
      problem: z.string().nullable().describe('Why we could not make it.'),
      is_silent: z
        .boolean()
        .describe('Polling brings what should have been pushed: Stripe does not reach the endpoint.'),
      missing_events: z
        .array(z.string())
        .nullable()
        .describe('What the endpoint at Stripe is not subscribed to; polling brings it. Null: not known.'),
      last_push_at: instantText.nullable(),
    }),
    polling: z.object({
      interval_seconds: z.number().int().nullable(),
      last_polled_at: instantText.nullable(),
      last_error: z.string().nullable(),
    }),
    gap: z
      .object({
        since: instantText,
        until: instantText.describe('When Stripe was listened to again.'),
        events_found: z.number().int(),
        events_pending: z.number().int().describe('Not applied yet.'),
        objects_reread: z.number().int(),
        is_beyond_stripe_memory: z.boolean().describe('Longer than Stripe keeps events: what is held is read again.'),
        closed_at: instantText.nullable().describe('When all of it was applied.'),
        sentence: z.string(),
      })
      .nullable()
      .describe('The last time in which nobody listened to Stripe, and what became of it.'),
    history: z.array(connectionTransition),
  })
  .meta({ id: 'ConnectionCard' });

export const pageAddress = z
  .url({ protocol: /^https?$/ })
  .max(2_000)
  .refine((text) => !/[\s\\]/.test(text), 'an address of a page');

export const accountLink = z
  .object({
    object: z.literal('account_link'),
    url: z.string().describe('Opens once. Treat it like a password: whoever has it may change the account.'),
    expires_at: instantText,
  })
  .meta({ id: 'AccountLink' });

export const consentLink = z
  .object({
    object: z.literal('consent_link'),
    url: z.string().describe('Leads to the page of consent at Stripe, in the browser in which it is opened.'),
    expires_at: instantText,
  })
  .meta({ id: 'ConsentLink' });

export const wayToConnect = z
  .object({
    object: z.literal('way_to_connect'),
    mode: z.enum(['key', 'managed', 'oauth']),
    title: z.string(),
    livemode: z.boolean().describe('The environment decides: production connects live accounts, the others test ones.'),
    default_host: z
      .enum(['stripe', 'sandbox'])
      .nullable()
      .describe('Whom it talks to unless a host is named; null: the key decides.'),
    missing_setting: z
      .string()
      .nullable()
      .describe('What this installation lacks to do it at Stripe itself; the sandbox has all it needs.'),
    accepts_existing_account: z.boolean(),
    needs: z.array(z.string()),
    cannot: z.array(z.string()),
  })
  .meta({ id: 'WayToConnect' });

export const disconnectPreview = z
  .object({
    object: z.literal('disconnect_preview'),
    connection_id: z.string(),
    confirm: z.string().describe('The word to type.'),
    is_reversible: z.boolean(),
    customers: z.number().int().describe('Customers whose payments go through it.'),
    open_invoices: z.array(
      z.object({
        currency: z.string(),
        invoices: z.number().int(),
        collected_automatically: z.number().int(),
        amount_due: z.string().describe('Minor units, as text.'),
      }),
    ),
    payments_under_way: z.number().int().describe('Stripe goes on with them.'),
    refunds_pending: z.number().int(),
    consequences: z.array(z.string()).describe('The same for a person.'),
  })
  .meta({ id: 'DisconnectPreview' });
