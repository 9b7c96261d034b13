// Made from openapi.json by packages/sdk/scripts/generate.mjs; "npm run openapi" makes both anew.

export type ApiKey = {
  object: 'api_key';
  id: string;
  name: string;
  /** The beginning and the end of the secret. */
  hint: string;
  scopes: Array<'read' | 'write' | 'ingest'>;
  /** Only in the answer that makes it; it is not stored. */
  secret?: string;
  /** ISO 8601, UTC. */
  created_at: string;
  last_used_at: string | null;
  expires_at: string | null;
  revoked_at: string | null;
};

export type AuditEntry = {
  object: 'audit_entry';
  id: string;
  actor: {
    kind: 'api_key' | 'person' | 'stripe' | 'system' | 'payer';
    id: string | null;
    address: string | null;
  };
  request_id: string | null;
  action: string;
  object_kind: string;
  object_id: string;
  /** The object before; null when it was made. */
  before: unknown;
  /** The object after; null when it was deleted. */
  after: unknown;
  /** ISO 8601, UTC. */
  occurred_at: string;
};

export type Connection = {
  object: 'connection';
  id: string;
  code: string;
  name: string;
  mode: 'key' | 'managed' | 'oauth';
  host: 'stripe' | 'sandbox';
  livemode: boolean;
  status: 'connecting' | 'in_progress' | 'connected' | 'disconnected' | 'error';
  status_word: string;
  /** Why it has this status; stable. */
  reason: string;
  /** The same for a person. */
  sentence: string;
  /** What Stripe said about it. */
  message: string | null;
  next_action: string | null;
  /** ISO 8601, UTC. */
  status_changed_at: string;
  enabled: boolean;
  create_customers: boolean;
  is_default: boolean;
  stripe_account_id: string | null;
  /** Who connected it; null while nobody has. */
  connected_by: {
    kind: 'person' | 'api_key';
    id: string;
  } | null;
  api_version: string;
  publishable_key: string | null;
  secret_key_hint: string | null;
  card_payments: 'active' | 'pending' | 'inactive' | 'unknown';
  may_collect: {
    allowed: boolean;
    reason: string | null;
  };
  may_publish: {
    allowed: boolean;
    reason: string | null;
  };
  requirements: Array<{
    /** Stripe's own name of it. */
    field: string;
    topic: 'identity_document' | 'bank_account' | 'tax' | 'terms' | 'person' | 'contact' | 'business' | 'other';
    /** The same for a person: "Stripe wants …". */
    words: string;
    deadline_at: string | null;
    /** Whether card payments end without it; some details hold up payouts alone. */
    stops_payments: boolean;
  }>;
  deadline_at: string | null;
  checklist: Array<{
    permission: string;
    needed_for: string;
    is_required: boolean;
    /** Null: could not be found out. */
    granted: boolean | null;
    how_to_add: string;
  }>;
  last_event_at: string | null;
  /** ISO 8601, UTC. */
  created_at: string;
};

export type ConnectionTransition = {
  object: 'connection_transition';
  id: string;
  from: string | null;
  to: string;
  reason: string;
  sentence: string;
  message: string | null;
  /** ISO 8601, UTC. */
  occurred_at: string;
};

export type ConnectionCard = {
  object: 'connection';
  id: string;
  code: string;
  name: string;
  mode: 'key' | 'managed' | 'oauth';
  host: 'stripe' | 'sandbox';
  livemode: boolean;
  status: 'connecting' | 'in_progress' | 'connected' | 'disconnected' | 'error';
  status_word: string;
  /** Why it has this status; stable. */
  reason: string;
  /** The same for a person. */
  sentence: string;
  /** What Stripe said about it. */
  message: string | null;
  next_action: string | null;
  /** ISO 8601, UTC. */
  status_changed_at: string;
  enabled: boolean;
  create_customers: boolean;
  is_default: boolean;
  stripe_account_id: string | null;
  /** Who connected it; null while nobody has. */
  connected_by: {
    kind: 'person' | 'api_key';
    id: string;
  } | null;
  api_version: string;
  publishable_key: string | null;
  secret_key_hint: string | null;
  card_payments: 'active' | 'pending' | 'inactive' | 'unknown';
  may_collect: {
    allowed: boolean;
    reason: string | null;
  };
  may_publish: {
    allowed: boolean;
    reason: string | null;
  };
  requirements: Array<{
    /** Stripe's own name of it. */
    field: string;
    topic: 'identity_document' | 'bank_account' | 'tax' | 'terms' | 'person' | 'contact' | 'business' | 'other';
    /** The same for a person: "Stripe wants …". */
    words: string;
    deadline_at: string | null;
    /** Whether card payments end without it; some details hold up payouts alone. */
    stops_payments: boolean;
  }>;
  deadline_at: string | null;
  checklist: Array<{
    permission: string;
    needed_for: string;
    is_required: boolean;
    /** Null: could not be found out. */
    granted: boolean | null;
    how_to_add: string;
  }>;
  last_event_at: string | null;
  /** ISO 8601, UTC. */
  created_at: string;
  webhook: {
    mode: 'managed' | 'manual' | 'platform' | 'none';
    /** The address to give to Stripe, when the endpoint is made by hand. Null: none is made yet. */
    url: string | null;
    /** Exactly the events to subscribe it to. */
    events: string[];
    api_version: string;
    stripe_endpoint_id: string | null;
    /** Why we could not make it. */
    problem: string | null;
    /** Polling brings what should have been pushed: Stripe does not reach the endpoint. */
    is_silent: boolean;
    /** What the endpoint at Stripe is not subscribed to; polling brings it. Null: not known. */
    missing_events: string[] | null;
    last_push_at: string | null;
  };
  polling: {
    interval_seconds: number | null;
    last_polled_at: string | null;
    last_error: string | null;
  };
  /** The last time in which nobody listened to Stripe, and what became of it. */
  gap: {
    /** ISO 8601, UTC. */
    since: string;
    /** When Stripe was listened to again. */
    until: string;
    events_found: number;
    /** Not applied yet. */
    events_pending: number;
    objects_reread: number;
    /** Longer than Stripe keeps events: what is held is read again. */
    is_beyond_stripe_memory: boolean;
    /** When all of it was applied. */
    closed_at: string | null;
    sentence: string;
  } | null;
  history: ConnectionTransition[];
};

export type AccountLink = {
  object: 'account_link';
  /** Opens once. Treat it like a password: whoever has it may change the account. */
  url: string;
  /** ISO 8601, UTC. */
  expires_at: string;
};

export type ConsentLink = {
  object: 'consent_link';
  /** Leads to the page of consent at Stripe, in the browser in which it is opened. */
  url: string;
  /** ISO 8601, UTC. */
  expires_at: string;
};

export type WayToConnect = {
  object: 'way_to_connect';
  mode: 'key' | 'managed' | 'oauth';
  title: string;
  /** The environment decides: production connects live accounts, the others test ones. */
  livemode: boolean;
  /** Whom it talks to unless a host is named; null: the key decides. */
  default_host: 'stripe' | 'sandbox' | null;
  /** What this installation lacks to do it at Stripe itself; the sandbox has all it needs. */
  missing_setting: string | null;
  accepts_existing_account: boolean;
  needs: string[];
  cannot: string[];
};

export type DisconnectPreview = {
  object: 'disconnect_preview';
  connection_id: string;
  /** The word to type. */
  confirm: string;
  is_reversible: boolean;
  /** Customers whose payments go through it. */
  customers: number;
  open_invoices: Array<{
    currency: string;
    invoices: number;
    collected_automatically: number;
    /** Minor units, as text. */
    amount_due: string;
  }>;
  /** Stripe goes on with them. */
  payments_under_way: number;
  refunds_pending: number;
  /** The same for a person. */
  consequences: string[];
};

export type CreditNote = {
  object: 'credit_note';
  id: string;
  invoice_id: string;
  customer_id: string;
  number: string;
  reason: 'duplicate' | 'fraudulent' | 'order_change' | 'product_unsatisfactory' | 'other';
  memo: string | null;
  currency: string;
  net: number;
  tax: number;
  total: number;
  /** What lowered the amount due. */
  amount_against_debt: number;
  /** What goes, or went, back to the payer. */
  amount_refunded: number;
  /** What is kept as the customer's money. */
  amount_credited: number;
  lines: Array<{
    object: 'credit_note_line';
    invoice_line_id: string;
    description: string;
    net: number;
    tax_rate_percent: string;
    tax: number;
  }>;
  metadata: Record<string, string>;
  /** ISO 8601, UTC. */
  created_at: string;
};

export type Customer = {
  object: 'customer';
  id: string;
  external_id: string;
  name: string | null;
  emails: string[];
  phone: string | null;
  address: {
    line1: string | null;
    line2: string | null;
    city: string | null;
    postal_code: string | null;
    state: string | null;
    country: string | null;
  } | null;
  tax_ids: Array<{
    type: string;
    value: string;
  }>;
  currency: string | null;
  time_zone: string | null;
  metadata: Record<string, string>;
  payment_provider: 'stripe' | null;
  connection_id: string | null;
  /** His id in Stripe. */
  provider_customer_id: string | null;
  provider_status: 'not_linked' | 'creating' | 'linked' | 'failed';
  /** Why he is not, or no longer, in Stripe, or why it did not take his data. */
  provider_error: {
    code: string;
    message: string;
    request_id: string | null;
  } | null;
  sync_with_provider: boolean | null;
  default_payment_method_id: string | null;
  /** ISO 8601, UTC. */
  created_at: string;
  deleted_at: string | null;
};

export type DeletedCustomer = {
  object: 'customer';
  id: string;
  external_id: string;
  name: string | null;
  emails: string[];
  phone: string | null;
  address: {
    line1: string | null;
    line2: string | null;
    city: string | null;
    postal_code: string | null;
    state: string | null;
    country: string | null;
  } | null;
  tax_ids: Array<{
    type: string;
    value: string;
  }>;
  currency: string | null;
  time_zone: string | null;
  metadata: Record<string, string>;
  payment_provider: 'stripe' | null;
  connection_id: string | null;
  /** His id in Stripe. */
  provider_customer_id: string | null;
  provider_status: 'not_linked' | 'creating' | 'linked' | 'failed';
  /** Why he is not, or no longer, in Stripe, or why it did not take his data. */
  provider_error: {
    code: string;
    message: string;
    request_id: string | null;
  } | null;
  sync_with_provider: boolean | null;
  default_payment_method_id: string | null;
  /** ISO 8601, UTC. */
  created_at: string;
  deleted_at: string | null;
  in_stripe: 'kept' | 'being_deleted' | 'nothing_there';
  /** What stays for the books. */
  remaining_invoices: {
    draft: number;
    open: number;
    paid: number;
    void: number;
    uncollectible: number;
  };
};

export type PaymentMethod = {
  object: 'payment_method';
  id: string;
  customer_id: string;
  connection_id: string;
  /** Its id in Stripe. */
  provider_payment_method_id: string;
  type: string;
  brand: string | null;
  last4: string | null;
  exp_month: number | null;
  exp_year: number | null;
  is_default: boolean;
  /** ISO 8601, UTC. */
  created_at: string;
  detached_at: string | null;
};

export type SetupSession = {
  object: 'setup_session';
  id: string;
  customer_id: string;
  connection_id: string;
  status: 'creating' | 'open' | 'complete' | 'failed' | 'expired';
  /** Stripe's page; send the payer there. Null unless the session is open. */
  url: string | null;
  return_url: string;
  cancel_url: string | null;
  expires_at: string | null;
  error: {
    code: string;
    message: string;
    request_id: string | null;
  } | null;
  /** ISO 8601, UTC. */
  created_at: string;
};

export type DeadLetter = {
  object: 'dead_letter';
  id: string;
  /** The queue it waited in. */
  lane: 'intake' | 'money' | 'delivery' | 'bulk';
  /** What was to be done. */
  kind: string;
  connection_id: string | null;
  /** The objects it is about. */
  object_ids: string[];
  attempts: number;
  /** Why it gave up. */
  last_error: {
    code: string;
    message: string;
  } | null;
  /** ISO 8601, UTC. */
  created_at: string;
  first_attempt_at: string | null;
  /** ISO 8601, UTC. */
  dead_at: string;
};

export type DeadLetterRevival = {
  object: 'dead_letter_revival';
  revived: number;
  has_more: boolean;
};

export type Dispute = {
  object: 'dispute';
  id: string;
  payment_id: string;
  invoice_id: string;
  customer_id: string;
  connection_id: string;
  stripe_dispute_id: string;
  stripe_charge_id: string;
  /** Stripe's own word, such as `needs_response`. */
  status: string;
  outcome: 'won' | 'lost' | 'withdrawn' | null;
  reason: string;
  amount: number;
  currency: string;
  /** False for an inquiry, which may end without money moved. */
  has_funds_withdrawn: boolean;
  evidence_due_at: string | null;
  closed_at: string | null;
  /** ISO 8601, UTC. */
  created_at: string;
};

export type Environment = {
  object: 'environment';
  id: string;
  kind: 'production' | 'test';
  name: string;
  allow_private_webhook_urls: boolean;
  /** Its first secret API key; only in the answer that makes it. */
  secret_key?: string;
  /** ISO 8601, UTC. */
  created_at: string;
  deleted_at: string | null;
};

export type Notice = {
  object: 'notice';
  code: 'connection_lost' | 'connection_trouble' | 'details_wanted' | 'endpoint_silent';
  /** Critical: money does not come in. Warning: it still does, and somebody has to act. */
  severity: 'critical' | 'warning';
  connection_id: string;
  connection_code: string;
  reason: string;
  sentence: string;
  next_action: string | null;
  since: string | null;
  /** From when on Stripe may stop payments. */
  deadline_at: string | null;
};

export type Event = {
  object: 'event';
  id: string;
  /** One of `/v1/event_types`; new ones may come. */
  type: string;
  /** ISO 8601, UTC. */
  created_at: string;
  /** Counts the events of one object from 1 without gaps. */
  sequence: number;
  object_id: string;
  data: {
    object: Record<string, unknown>;
  };
};

export type EventType = {
  object: 'event_type';
  type: string;
  description: string;
  example: Event | null;
};

export type PaymentError = {
  code: string;
  decline_code: string | null;
  message: string;
  request_id: string | null;
  advice_code: string | null;
  stripe_payment_method_id: string | null;
};

export type Invoice = {
  object: 'invoice';
  id: string;
  customer_id: string;
  legal_entity_id: string;
  number: string | null;
  status: 'draft' | 'finalized' | 'paid' | 'void' | 'uncollectible';
  payment_status: 'pending' | 'processing' | 'requires_action' | 'succeeded' | 'failed';
  /** Why nothing moves, or why the last attempt failed. */
  payment_status_reason: string | null;
  currency: string;
  subtotal: number;
  tax: number;
  total: number;
  amount_paid: number;
  amount_refunded: number;
  amount_credited: number;
  amount_due: number;
  collection_method: 'charge_automatically' | 'send_invoice';
  days_until_due: number | null;
  due_at: string | null;
  overdue_at: string | null;
  /** The issuer as it was when the invoice was finalized. */
  issuer: {
    legal_entity_id: string;
    name: string;
    address: Record<string, string | null>;
    tax_ids: Array<{
      type: string;
      value: string;
    }>;
    footer: string | null;
  } | null;
  finalized_at: string | null;
  paid_at: string | null;
  voided_at: string | null;
  /** The one attempt that may be under way. */
  open_payment_id: string | null;
  last_payment_error: PaymentError | null;
  description: string | null;
  metadata: Record<string, string>;
  /** ISO 8601, UTC. */
  created_at: string;
  /** Only in events: the page on which the payer sees and pays the invoice. */
  payment_link?: string | null;
};

export type InvoiceLine = {
  object: 'invoice_line';
  id: string;
  position: number;
  description: string;
  quantity: string;
  unit_amount: string;
  amount: number;
  tax_rate_percent: string;
  tax_behaviour: 'inclusive' | 'exclusive' | 'reverse_charge';
  tax: number;
  net: number;
  period: {
    /** ISO 8601, UTC. */
    start: string;
    /** ISO 8601, UTC. */
    end: string;
  } | null;
};

export type Payment = {
  object: 'payment';
  id: string;
  invoice_id: string;
  customer_id: string;
  connection_id: string | null;
  kind: 'automatic' | 'hosted' | 'offline';
  status: 'creating' | 'awaiting_payer' | 'confirming' | 'canceling' | 'processing' | 'requires_action' | 'succeeded' | 'failed' | 'canceled';
  amount: number;
  /** As much of it as the invoice needed. */
  amount_applied: number;
  amount_refunded: number;
  currency: string;
  /** How often it was confirmed at Stripe. */
  confirmations: number;
  stripe_payment_intent_id: string | null;
  stripe_checkout_session_id: string | null;
  stripe_charge_id: string | null;
  stripe_payment_method_id: string | null;
  session: {
    url: string;
    /** ISO 8601, UTC. */
    expires_at: string;
  } | null;
  next_action: {
    type: string;
    url: string | null;
  } | null;
  failure: PaymentError | null;
  /** It came when the invoice was settled already, and is refunded. */
  is_late_duplicate: boolean;
  reference: string | null;
  succeeded_at: string | null;
  canceled_at: string | null;
  /** ISO 8601, UTC. */
  created_at: string;
  /** Only in events: the page on which the payer sees and pays the invoice. */
  payment_link?: string | null;
};

export type LedgerBalance = {
  object: 'ledger_balance';
  account: string;
  normal_side: 'debit' | 'credit';
  meaning: string;
  currency: string;
  /** Minor units, exact at any size: debit above zero, credit below. */
  balance: string;
};

export type LedgerTransaction = {
  object: 'ledger_transaction';
  id: string;
  kind: string;
  source: {
    kind: string;
    id: string;
  };
  /** ISO 8601, UTC. */
  occurred_at: string;
  entries: Array<{
    account: string;
    owner_id: string | null;
    /** Minor units, exact at any size: debit above zero, credit below. */
    amount: string;
    currency: string;
  }>;
};

export type LedgerCheck = {
  object: 'ledger_check';
  holds: boolean;
  /** At most 100. */
  violations: Array<{
    identity: string;
    meaning: string;
    subject_id: string;
    currency: string | null;
    /** Minor units, exact at any size: debit above zero, credit below. */
    expected: string;
    /** Minor units, exact at any size: debit above zero, credit below. */
    actual: string;
  }>;
};

export type LegalEntity = {
  object: 'legal_entity';
  id: string;
  name: string;
  address: Record<string, string | null>;
  tax_ids: Array<{
    type: string;
    value: string;
  }>;
  number_prefix: string;
  /** The number that the next finalized invoice gets. */
  next_number: number;
  footer: string | null;
  is_default: boolean;
  /** ISO 8601, UTC. */
  created_at: string;
};

export type Refund = {
  object: 'refund';
  id: string;
  payment_id: string;
  invoice_id: string;
  customer_id: string;
  connection_id: string;
  /** The credit note that it pays out. */
  credit_note_id: string | null;
  /** `pending` until Stripe says that the money went. */
  status: 'pending' | 'succeeded' | 'failed' | 'canceled';
  reason: string;
  /** Who wanted it: a caller, Tollbridge, somebody at Stripe. */
  origin: 'asked' | 'automatic' | 'stripe';
  amount: number;
  currency: string;
  stripe_refund_id: string | null;
  failure: {
    code: string;
    message: string;
    request_id: string | null;
  } | null;
  metadata: Record<string, string>;
  succeeded_at: string | null;
  failed_at: string | null;
  /** ISO 8601, UTC. */
  created_at: string;
};

export type StrayEndpoint = {
  object: 'stray_endpoint';
  stripe_id: string;
  url: string;
  status: string;
  /** For which connection it was made, here or in another installation. */
  connection_id: string | null;
  /** ISO 8601, UTC. */
  created_at: string;
};

export type StripeEvent = {
  object: 'stripe_event';
  id: string;
  connection_id: string;
  stripe_event_id: string;
  type: string;
  api_version: string | null;
  livemode: boolean;
  account: string | null;
  /** The id of the object at Stripe that it is about. */
  object_id: string | null;
  /** ISO 8601, UTC. */
  occurred_at: string;
  /** reread: a sign to look that was given here, after a gap longer than Stripe keeps events. */
  received_via: 'push' | 'poll' | 'reread';
  /** ISO 8601, UTC. */
  received_at: string;
  /** pending: waits; applied; ignored: nobody listens to this type; foreign: not about ours; dead: given up, replay it. */
  status: 'pending' | 'applied' | 'ignored' | 'foreign' | 'dead';
  attempts: number;
  last_error: string | null;
  processed_at: string | null;
};

export type StripeEventWithPayload = {
  object: 'stripe_event';
  id: string;
  connection_id: string;
  stripe_event_id: string;
  type: string;
  api_version: string | null;
  livemode: boolean;
  account: string | null;
  /** The id of the object at Stripe that it is about. */
  object_id: string | null;
  /** ISO 8601, UTC. */
  occurred_at: string;
  /** reread: a sign to look that was given here, after a gap longer than Stripe keeps events. */
  received_via: 'push' | 'poll' | 'reread';
  /** ISO 8601, UTC. */
  received_at: string;
  /** pending: waits; applied; ignored: nobody listens to this type; foreign: not about ours; dead: given up, replay it. */
  status: 'pending' | 'applied' | 'ignored' | 'foreign' | 'dead';
  attempts: number;
  last_error: string | null;
  processed_at: string | null;
  /** As Stripe sent it. */
  payload: Record<string, unknown>;
};

export type WebhookDelivery = {
  object: 'webhook_delivery';
  id: string;
  event_id: string;
  endpoint_id: string;
  status: 'pending' | 'delivered' | 'failed' | 'canceled';
  /** Since it was made, or last sent again by hand. */
  attempts: number;
  last_attempt_at: string | null;
  next_attempt_at: string | null;
  last_response_status: number | null;
  last_error: string | null;
  delivered_at: string | null;
  /** ISO 8601, UTC. */
  created_at: string;
  /** The latest 50 attempts; not in lists. */
  attempt_log?: Array<{
    /** ISO 8601, UTC. */
    attempted_at: string;
    duration_milliseconds: number;
    response_status: number | null;
    /** Its first 1,000 characters. */
    response_body: string | null;
    /** Why there was no answer. */
    error: string | null;
  }>;
};

export type WebhookEndpoint = {
  object: 'webhook_endpoint';
  id: string;
  url: string;
  description: string | null;
  /** Null: every type. */
  event_types: string[] | null;
  status: 'enabled' | 'disabled';
  /** `failing`: it took nothing for three days; `gone`: it answered 410. */
  disabled_reason: 'failing' | 'gone' | 'by_hand' | null;
  failing_since: string | null;
  /** Only in the answer that makes it: `whsec_…`, of Standard Webhooks. */
  secret?: string;
  previous_secret_expires_at: string | null;
  /** ISO 8601, UTC. */
  created_at: string;
};

/** The codes of today; later versions may add some. */
export type ErrorCode =
  | 'account_not_made'
  | 'api_key_invalid'
  | 'api_key_missing'
  | 'api_key_not_active'
  | 'body_too_large'
  | 'conflict_persisted'
  | 'connection_account_differs'
  | 'connection_account_taken'
  | 'connection_code_taken'
  | 'connection_confirmation_needed'
  | 'connection_disconnected_already'
  | 'connection_lost'
  | 'connection_mode_differs'
  | 'connection_mode_wrong'
  | 'connection_not_lost'
  | 'connection_over'
  | 'connection_probe_failed'
  | 'consent_expired'
  | 'consent_not_confirmed'
  | 'consent_other_browser'
  | 'consent_refused'
  | 'consent_unknown'
  | 'consent_used'
  | 'content_type_unsupported'
  | 'credit_note_amount_too_large'
  | 'credit_note_invoice_not_creditable'
  | 'credit_note_line_too_large'
  | 'credit_note_line_twice'
  | 'credit_note_line_unknown'
  | 'credit_note_not_refundable'
  | 'credit_note_too_many'
  | 'credit_note_total_not_positive'
  | 'cursor_unknown'
  | 'customer_connection_fixed'
  | 'customer_creation_under_way'
  | 'customer_deleted'
  | 'customer_has_open_invoices'
  | 'customer_not_linked'
  | 'database_unavailable'
  | 'encoding_invalid'
  | 'environment_confirmation_needed'
  | 'environment_of_production'
  | 'environments_limit'
  | 'idempotency_key_invalid'
  | 'idempotency_key_reused'
  | 'internal_error'
  | 'invoice_amount_too_large'
  | 'invoice_currency_unknown'
  | 'invoice_customer_deleted'
  | 'invoice_customer_unknown'
  | 'invoice_has_no_lines'
  | 'invoice_has_open_payment'
  | 'invoice_line_period_invalid'
  | 'invoice_line_quantity_invalid'
  | 'invoice_line_tax_rate_invalid'
  | 'invoice_line_unit_amount_invalid'
  | 'invoice_not_collectable'
  | 'invoice_not_draft'
  | 'invoice_not_finalized'
  | 'invoice_partly_settled'
  | 'invoice_terms_invalid'
  | 'invoice_too_many_lines'
  | 'invoice_total_negative'
  | 'invoice_total_too_large'
  | 'invoice_transition_illegal'
  | 'key_is_account_id'
  | 'key_is_client_id'
  | 'key_is_not_publishable'
  | 'key_is_publishable'
  | 'key_is_webhook_secret'
  | 'key_live_in_test_environment'
  | 'key_live_needs_stripe'
  | 'key_malformed'
  | 'key_marked_needs_sandbox'
  | 'key_masked'
  | 'key_missing'
  | 'key_test_in_production'
  | 'legal_entity_number_prefix_in_use'
  | 'legal_entity_number_prefix_taken'
  | 'legal_entity_unknown'
  | 'not_found'
  | 'oauth_client_missing'
  | 'offline_payment_amount_too_large'
  | 'offline_payment_invoice_not_open'
  | 'parameter_invalid'
  | 'parameter_missing'
  | 'parameter_unknown'
  | 'payment_method_detached'
  | 'payment_not_cancelable'
  | 'payment_not_possible'
  | 'payment_not_releasable'
  | 'payment_not_succeeded'
  | 'payment_not_waiting_for_payer'
  | 'payment_provider_not_connected'
  | 'payment_session_refused'
  | 'payment_under_way'
  | 'platform_key_missing'
  | 'production_cannot_be_deleted'
  | 'provider_customer_deleted'
  | 'provider_customer_linked_already'
  | 'provider_customer_missing'
  | 'provider_customer_wrong_mode'
  | 'publishable_key_other_account'
  | 'publishable_key_other_mode'
  | 'publishable_key_refused'
  | 'rate_limited'
  | 'reconnect_other_person'
  | 'refund_amount_not_exact'
  | 'refund_amount_too_large'
  | 'refund_nothing_left'
  | 'refund_of_offline_payment'
  | 'refund_payment_ambiguous'
  | 'refund_too_many'
  | 'request_malformed'
  | 'route_unknown'
  | 'scope_missing'
  | 'signature_invalid'
  | 'stray_endpoint_unknown'
  | 'stripe_event_malformed'
  | 'stripe_event_pending'
  | 'stripe_key_refused'
  | 'stripe_refused'
  | 'stripe_unreachable'
  | 'webhook_delivery_not_sendable'
  | 'webhook_endpoint_disabled'
  | 'webhook_endpoints_limit'
  | 'webhook_url_refused';

/** What `data.object` of each type of event is. */
export interface EventObjects {
  'customer.created': Customer;
  'customer.updated': Customer;
  'customer.deleted': Customer;
  'customer.payment_provider_created': Customer;
  'customer.payment_provider_error': Customer;
  'customer.payment_provider_removed': Customer;
  'payment_method.attached': PaymentMethod;
  'payment_method.updated': PaymentMethod;
  'payment_method.detached': PaymentMethod;
  'payment_method.expiring': PaymentMethod;
  'connection.connected': Connection;
  'connection.updated': Connection;
  'connection.lost': Connection;
  'connection.disconnected': Connection;
  'invoice.created': Invoice;
  'invoice.updated': Invoice;
  'invoice.finalized': Invoice;
  'invoice.payment_status_updated': Invoice;
  'invoice.payment_failure': Invoice;
  'invoice.paid': Invoice;
  'invoice.overdue': Invoice;
  'invoice.overpaid': Invoice;
  'invoice.voided': Invoice;
  'invoice.marked_uncollectible': Invoice;
  'payment.created': Payment;
  'payment.processing': Payment;
  'payment.requires_action': Payment;
  'payment.succeeded': Payment;
  'payment.failed': Payment;
  'payment.canceled': Payment;
  'refund.created': Refund;
  'refund.succeeded': Refund;
  'refund.failed': Refund;
  'refund.reopened': Refund;
  'credit_note.issued': CreditNote;
  'dispute.created': Dispute;
  'dispute.closed': Dispute;
  'webhook_endpoint.disabled': WebhookEndpoint;
  'webhook_endpoint.test': WebhookEndpoint;
}

export type IssueCreditNoteBody = {
  /** Without lines and amount: all that is left. */
  lines?: Array<{
    invoice_line_id: string;
    /** With tax, in minor units and the sign of the line. Left out: all that is left. */
    amount?: number;
  }>;
  /** With tax; taken from the lines in their order, in place of naming them. */
  amount?: number;
  reason?: 'duplicate' | 'fraudulent' | 'order_change' | 'product_unsatisfactory' | 'other';
  memo?: string | null;
  /** What becomes of the part that was paid: back to the payer, or kept as the customer's money. */
  settle_by?: 'refund' | 'credit';
  /** Up to 50 keys of 40 characters with values of 500. */
  metadata?: Record<string, string>;
};

export type ListCreditNotesQuery = {
  /** How many to give, 1 to 100. */
  limit?: number;
  /** The id after which the page begins. */
  starting_after?: string;
  /** The id before which the page ends. */
  ending_before?: string;
  customer_id?: string;
  invoice_id?: string;
};

export type ListCustomersQuery = {
  /** How many to give, 1 to 100. */
  limit?: number;
  /** The id after which the page begins. */
  starting_after?: string;
  /** The id before which the page ends. */
  ending_before?: string;
  external_id?: string;
  email?: string;
};

export type UpsertCustomerBody = {
  /** Your own id of the customer. */
  external_id: string;
  name?: string | null;
  /** The first is the one that Stripe gets. */
  emails?: string[];
  phone?: string | null;
  address?: {
    line1?: string | null;
    line2?: string | null;
    city?: string | null;
    postal_code?: string | null;
    state?: string | null;
    country?: string | null;
  } | null;
  tax_ids?: Array<{
    /** Stripe's word, such as eu_vat. */
    type: string;
    value: string;
  }>;
  currency?: string | null;
  time_zone?: string | null;
  /** Merged key by key; an empty value removes its key. At most 47 keys: Stripe takes 50, three are ours. */
  metadata?: Record<string, string>;
  /** Who collects from him; null lets go of his link. */
  payment_provider?: 'stripe' | null;
  /** The code of a connection to Stripe; left out, his own or the default one. */
  payment_provider_code?: string;
  /** Links him to a customer that is in Stripe already; null unlinks him. */
  provider_customer_id?: string | null;
  /** Whether he is made in Stripe; null follows the switch of the connection. The switch alone touches nobody who is there already: a later write that names this or payment_provider does. */
  sync_with_provider?: boolean | null;
  /** True: what Stripe must be told is told before the answer. */
  sync?: boolean;
};

export type UpdateCustomerBody = {
  name?: string | null;
  /** The first is the one that Stripe gets. */
  emails?: string[];
  phone?: string | null;
  address?: {
    line1?: string | null;
    line2?: string | null;
    city?: string | null;
    postal_code?: string | null;
    state?: string | null;
    country?: string | null;
  } | null;
  tax_ids?: Array<{
    /** Stripe's word, such as eu_vat. */
    type: string;
    value: string;
  }>;
  currency?: string | null;
  time_zone?: string | null;
  /** Merged key by key; an empty value removes its key. At most 47 keys: Stripe takes 50, three are ours. */
  metadata?: Record<string, string>;
  /** Who collects from him; null lets go of his link. */
  payment_provider?: 'stripe' | null;
  /** The code of a connection to Stripe; left out, his own or the default one. */
  payment_provider_code?: string;
  /** Links him to a customer that is in Stripe already; null unlinks him. */
  provider_customer_id?: string | null;
  /** Whether he is made in Stripe; null follows the switch of the connection. The switch alone touches nobody who is there already: a later write that names this or payment_provider does. */
  sync_with_provider?: boolean | null;
  /** True: what Stripe must be told is told before the answer. */
  sync?: boolean;
};

export type DeleteCustomerBody = {
  in_stripe?: 'keep' | 'delete';
  /** Blanks his personal data; the books keep their amounts. */
  erase?: boolean;
  open_invoices?: 'refuse' | 'keep';
};

export type ListPaymentMethodsQuery = {
  /** How many to give, 1 to 100. */
  limit?: number;
  /** The id after which the page begins. */
  starting_after?: string;
  /** The id before which the page ends. */
  ending_before?: string;
};

export type ChooseDefaultPaymentMethodBody = {
  payment_method_id: string;
};

export type CreateSetupSessionBody = {
  /** http or https. */
  return_url: string;
  cancel_url?: string | null;
};

export type ListApiKeysQuery = {
  /** How many to give, 1 to 100. */
  limit?: number;
  /** The id after which the page begins. */
  starting_after?: string;
  /** The id before which the page ends. */
  ending_before?: string;
};

export type CreateApiKeyBody = {
  name: string;
  scopes?: Array<'read' | 'write' | 'ingest'>;
};

export type RotateApiKeyBody = {
  overlap_hours?: number;
};

export type ListAuditEntriesQuery = {
  /** How many to give, 1 to 100. */
  limit?: number;
  /** The id after which the page begins. */
  starting_after?: string;
  /** The id before which the page ends. */
  ending_before?: string;
  object_id?: string;
  actor_id?: string;
  actor_kind?: 'api_key' | 'person' | 'stripe' | 'system' | 'payer';
  action?: string;
  /** Entries at or after this instant. */
  from?: string;
  /** Entries before this instant. */
  until?: string;
};

export type UpdateConnectionBody = {
  name?: string;
  /** Off stops new sales and collection; what runs is kept. */
  enabled?: boolean;
  /** Existing customers are not touched by it. */
  create_customers?: boolean;
  /** A signing secret by hand, such as that of `stripe listen`; null takes it away. */
  webhook_secret?: string | null;
  /** How often Stripe is asked for events. */
  poll_interval_seconds?: number;
};

export type RotateConnectionKeyBody = {
  secret_key: string;
  publishable_key?: string;
};

export type RotateSigningSecretBody = {
  webhook_secret?: string;
  overlap_hours?: number;
};

export type OpenAccountLinkBody = {
  /** Where the page leads back to; left out, to a page of ours. */
  return_url?: string;
  /** Where it leads when the link has expired or was used: there a fresh one is asked for. */
  refresh_url?: string;
};

export type OpenConsentLinkBody = {
  /** Where to lead back to, with `connection` and `outcome` in the address; left out, to a page of ours. */
  return_url?: string;
};

export type DisconnectConnectionBody = {
  /** Its code, typed by whoever means it. */
  confirm?: string;
};

export type ListConnectionsQuery = {
  /** How many to give, 1 to 100. */
  limit?: number;
  /** The id after which the page begins. */
  starting_after?: string;
  /** The id before which the page ends. */
  ending_before?: string;
};

export type CreateConnectionBody = {
  /** How the account is connected: `key`: one that exists, by one of its keys. `managed`: a new one, which the platform of this installation makes. `oauth`: one that exists, whose owner lets the platform in on a page of Stripe. */
  mode?: 'key' | 'managed' | 'oauth';
  /** Mode key: a secret (sk_…) or, better, a restricted key (rk_…) of the account. */
  secret_key?: string;
  /** Mode key. */
  publishable_key?: string;
  /** Mode key: the signing secret (whsec_…) of an endpoint made by hand. */
  webhook_secret?: string;
  /** Mode managed: whom Stripe writes to about the account. */
  contact_email?: string;
  /** Mode managed: what the account is called. */
  display_name?: string;
  /** Mode managed: where the business is; left out, its owner chooses during the onboarding. */
  country?: string;
  /** Whom to talk to; left out, marked keys go to the sandbox and all others to Stripe; in the other modes to Stripe once the installation has a platform key. */
  host?: 'stripe' | 'sandbox';
  code?: string;
  name?: string;
  /** Whether customers are made in Stripe unless they say otherwise. */
  create_customers?: boolean;
  /** Off stops new sales and collection; what runs is kept. */
  enabled?: boolean;
  /** How often Stripe is asked for events. */
  poll_interval_seconds?: number;
};

export type ListConnectionHistoryQuery = {
  /** How many to give, 1 to 100. */
  limit?: number;
  /** The id after which the page begins. */
  starting_after?: string;
  /** The id before which the page ends. */
  ending_before?: string;
};

export type ListDeadLettersQuery = {
  /** How many to give, 1 to 100. */
  limit?: number;
  /** The id after which the page begins. */
  starting_after?: string;
  /** The id before which the page ends. */
  ending_before?: string;
  /** What was to be done. */
  kind?: string;
  /** The queue it waited in. */
  lane?: 'intake' | 'money' | 'delivery' | 'bulk';
};

export type ReviveDeadLettersBody = {
  /** What was to be done. */
  kind?: string;
  /** The queue it waited in. */
  lane?: 'intake' | 'money' | 'delivery' | 'bulk';
};

export type ListDisputesQuery = {
  /** How many to give, 1 to 100. */
  limit?: number;
  /** The id after which the page begins. */
  starting_after?: string;
  /** The id before which the page ends. */
  ending_before?: string;
  customer_id?: string;
  invoice_id?: string;
  payment_id?: string;
};

export type CreateEnvironmentBody = {
  name: string;
};

export type UpdateEnvironmentBody = {
  name: string;
};

export type DeleteEnvironmentQuery = {
  /** Its name, needed while it has connections to Stripe. */
  confirm?: string;
};

export type ListEventsQuery = {
  /** How many to give, 1 to 100. */
  limit?: number;
  /** The id after which the page begins. */
  starting_after?: string;
  /** The id before which the page ends. */
  ending_before?: string;
  type?: 'customer.created' | 'customer.updated' | 'customer.deleted' | 'customer.payment_provider_created' | 'customer.payment_provider_error' | 'customer.payment_provider_removed' | 'payment_method.attached' | 'payment_method.updated' | 'payment_method.detached' | 'payment_method.expiring' | 'connection.connected' | 'connection.updated' | 'connection.lost' | 'connection.disconnected' | 'invoice.created' | 'invoice.updated' | 'invoice.finalized' | 'invoice.payment_status_updated' | 'invoice.payment_failure' | 'invoice.paid' | 'invoice.overdue' | 'invoice.overpaid' | 'invoice.voided' | 'invoice.marked_uncollectible' | 'payment.created' | 'payment.processing' | 'payment.requires_action' | 'payment.succeeded' | 'payment.failed' | 'payment.canceled' | 'refund.created' | 'refund.succeeded' | 'refund.failed' | 'refund.reopened' | 'credit_note.issued' | 'dispute.created' | 'dispute.closed' | 'webhook_endpoint.disabled' | 'webhook_endpoint.test';
  object_id?: string;
};

export type ListStripeEventsQuery = {
  /** How many to give, 1 to 100. */
  limit?: number;
  /** The id after which the page begins. */
  starting_after?: string;
  /** The id before which the page ends. */
  ending_before?: string;
  type?: string;
  status?: 'pending' | 'applied' | 'ignored' | 'foreign' | 'dead';
  connection_id?: string;
  object_id?: string;
};

export type ReplayStripeEventsBody = {
  status?: 'applied' | 'ignored' | 'foreign' | 'dead';
  type?: string;
};

export type ListInvoicesQuery = {
  /** How many to give, 1 to 100. */
  limit?: number;
  /** The id after which the page begins. */
  starting_after?: string;
  /** The id before which the page ends. */
  ending_before?: string;
  customer_id?: string;
  status?: 'draft' | 'finalized' | 'paid' | 'void' | 'uncollectible';
  payment_status?: 'pending' | 'processing' | 'requires_action' | 'succeeded' | 'failed';
};

export type CreateInvoiceBody = {
  customer_id: string;
  /** Left out, the customer's. */
  currency?: string;
  /** The issuer; left out, the default one. */
  legal_entity_id?: string;
  collection_method?: 'charge_automatically' | 'send_invoice';
  /** With "send_invoice": this or due_at. */
  days_until_due?: number | null;
  /** With "send_invoice", in place of days: the moment by which it is to be paid. */
  due_at?: string | null;
  description?: string | null;
  /** Up to 50 keys of 40 characters with values of 500. */
  metadata?: Record<string, string>;
  lines?: Array<{
    description: string;
    /** A decimal as text, or a whole number. */
    quantity?: string | number;
    /** Minor units of the currency; up to 12 places as text. */
    unit_amount: string | number;
    /** A decimal as text, or a whole number. */
    tax_rate_percent?: string | number;
    tax_behaviour?: 'inclusive' | 'exclusive' | 'reverse_charge';
    period?: {
      start: string;
      end: string;
    } | null;
  }>;
  /** Give it its number at once, and begin to collect it. */
  finalize?: boolean;
};

export type UpdateInvoiceBody = {
  /** The issuer; left out, the default one. */
  legal_entity_id?: string;
  collection_method?: 'charge_automatically' | 'send_invoice';
  /** With "send_invoice": this or due_at. */
  days_until_due?: number | null;
  /** With "send_invoice", in place of days: the moment by which it is to be paid. */
  due_at?: string | null;
  description?: string | null;
  /** In place of all metadata it had. */
  metadata?: Record<string, string>;
  /** In place of all lines it had. */
  lines?: Array<{
    description: string;
    /** A decimal as text, or a whole number. */
    quantity?: string | number;
    /** Minor units of the currency; up to 12 places as text. */
    unit_amount: string | number;
    /** A decimal as text, or a whole number. */
    tax_rate_percent?: string | number;
    tax_behaviour?: 'inclusive' | 'exclusive' | 'reverse_charge';
    period?: {
      start: string;
      end: string;
    } | null;
  }>;
};

export type OpenPaymentSessionBody = {
  /** Left out, the invoice's own page. */
  return_url?: string;
  cancel_url?: string;
};

export type ListLegalEntitiesQuery = {
  /** How many to give, 1 to 100. */
  limit?: number;
  /** The id after which the page begins. */
  starting_after?: string;
  /** The id before which the page ends. */
  ending_before?: string;
};

export type CreateLegalEntityBody = {
  name: string;
  number_prefix: string;
  address?: {
    line1?: string | null;
    line2?: string | null;
    city?: string | null;
    postal_code?: string | null;
    state?: string | null;
    country?: string | null;
  };
  tax_ids?: Array<{
    type: string;
    value: string;
  }>;
  footer?: string | null;
  is_default?: boolean;
};

export type UpdateLegalEntityBody = {
  name?: string;
  /** Only until its first number was given out. */
  number_prefix?: string;
  address?: {
    line1?: string | null;
    line2?: string | null;
    city?: string | null;
    postal_code?: string | null;
    state?: string | null;
    country?: string | null;
  };
  tax_ids?: Array<{
    type: string;
    value: string;
  }>;
  footer?: string | null;
  /** Makes it the default in place of the present one. */
  is_default?: true;
};

export type RecordOfflinePaymentBody = {
  /** Left out: all that is due. Less is a part payment. */
  amount?: number;
  /** Such as a transfer's text. */
  reference?: string | null;
};

export type ListPaymentsQuery = {
  /** How many to give, 1 to 100. */
  limit?: number;
  /** The id after which the page begins. */
  starting_after?: string;
  /** The id before which the page ends. */
  ending_before?: string;
  customer_id?: string;
  invoice_id?: string;
  status?: 'creating' | 'awaiting_payer' | 'confirming' | 'canceling' | 'processing' | 'requires_action' | 'succeeded' | 'failed' | 'canceled';
};

export type ConfirmPaymentOnSessionBody = {
  return_url: string;
};

export type ListLedgerBalancesQuery = {
  /** A customer or a connection. */
  owner_id?: string;
};

export type ListLedgerTransactionsQuery = {
  /** How many to give, 1 to 100. */
  limit?: number;
  /** The id after which the page begins. */
  starting_after?: string;
  /** The id before which the page ends. */
  ending_before?: string;
  kind?: string;
  /** The object that a transaction tells of. */
  source_id?: string;
  /** A customer or a connection. */
  owner_id?: string;
};

export type ListRefundsQuery = {
  /** How many to give, 1 to 100. */
  limit?: number;
  /** The id after which the page begins. */
  starting_after?: string;
  /** The id before which the page ends. */
  ending_before?: string;
  customer_id?: string;
  invoice_id?: string;
  payment_id?: string;
  status?: 'pending' | 'succeeded' | 'failed' | 'canceled';
};

export type CreateRefundBody = {
  /** The payment to refund. */
  payment_id?: string;
  /** Or the invoice, when one payment of it can be refunded. */
  invoice_id?: string;
  /** Left out: everything that can still go back. */
  amount?: number;
  reason?: 'requested_by_customer' | 'duplicate' | 'fraudulent' | 'other';
  /** Up to 50 keys of 40 characters with values of 500. */
  metadata?: Record<string, string>;
};

export type ListWebhookDeliveriesQuery = {
  /** How many to give, 1 to 100. */
  limit?: number;
  /** The id after which the page begins. */
  starting_after?: string;
  /** The id before which the page ends. */
  ending_before?: string;
  endpoint_id?: string;
  event_id?: string;
  status?: 'pending' | 'delivered' | 'failed' | 'canceled';
};

export type ListWebhookEndpointsQuery = {
  /** How many to give, 1 to 100. */
  limit?: number;
  /** The id after which the page begins. */
  starting_after?: string;
  /** The id before which the page ends. */
  ending_before?: string;
};

export type CreateWebhookEndpointBody = {
  /** Where messages are posted. */
  url: string;
  description?: string | null;
  /** Left out or null: every type. */
  event_types?: Array<'customer.created' | 'customer.updated' | 'customer.deleted' | 'customer.payment_provider_created' | 'customer.payment_provider_error' | 'customer.payment_provider_removed' | 'payment_method.attached' | 'payment_method.updated' | 'payment_method.detached' | 'payment_method.expiring' | 'connection.connected' | 'connection.updated' | 'connection.lost' | 'connection.disconnected' | 'invoice.created' | 'invoice.updated' | 'invoice.finalized' | 'invoice.payment_status_updated' | 'invoice.payment_failure' | 'invoice.paid' | 'invoice.overdue' | 'invoice.overpaid' | 'invoice.voided' | 'invoice.marked_uncollectible' | 'payment.created' | 'payment.processing' | 'payment.requires_action' | 'payment.succeeded' | 'payment.failed' | 'payment.canceled' | 'refund.created' | 'refund.succeeded' | 'refund.failed' | 'refund.reopened' | 'credit_note.issued' | 'dispute.created' | 'dispute.closed' | 'webhook_endpoint.disabled' | 'webhook_endpoint.test'> | null;
};

export type UpdateWebhookEndpointBody = {
  /** Where messages are posted. */
  url?: string;
  description?: string | null;
  event_types?: Array<'customer.created' | 'customer.updated' | 'customer.deleted' | 'customer.payment_provider_created' | 'customer.payment_provider_error' | 'customer.payment_provider_removed' | 'payment_method.attached' | 'payment_method.updated' | 'payment_method.detached' | 'payment_method.expiring' | 'connection.connected' | 'connection.updated' | 'connection.lost' | 'connection.disconnected' | 'invoice.created' | 'invoice.updated' | 'invoice.finalized' | 'invoice.payment_status_updated' | 'invoice.payment_failure' | 'invoice.paid' | 'invoice.overdue' | 'invoice.overpaid' | 'invoice.voided' | 'invoice.marked_uncollectible' | 'payment.created' | 'payment.processing' | 'payment.requires_action' | 'payment.succeeded' | 'payment.failed' | 'payment.canceled' | 'refund.created' | 'refund.succeeded' | 'refund.failed' | 'refund.reopened' | 'credit_note.issued' | 'dispute.created' | 'dispute.closed' | 'webhook_endpoint.disabled' | 'webhook_endpoint.test'> | null;
  status?: 'enabled' | 'disabled';
};

export type RotateWebhookEndpointSecretBody = {
  overlap_hours?: number;
};
