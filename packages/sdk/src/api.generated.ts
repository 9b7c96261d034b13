// Made from openapi.json by packages/sdk/scripts/generate.mjs; "npm run openapi" makes both anew.
import type {
  ApiKey,
  AuditEntry,
  Connection,
  ConnectionTransition,
  ConnectionCard,
  AccountLink,
  ConsentLink,
  WayToConnect,
  DisconnectPreview,
  CreditNote,
  Customer,
  DeletedCustomer,
  PaymentMethod,
  SetupSession,
  DeadLetter,
  DeadLetterRevival,
  Dispute,
  Environment,
  Notice,
  Event,
  EventType,
  Invoice,
  InvoiceLine,
  Payment,
  LedgerBalance,
  LedgerTransaction,
  LedgerCheck,
  LegalEntity,
  Refund,
  StrayEndpoint,
  StripeEvent,
  StripeEventWithPayload,
  WebhookDelivery,
  WebhookEndpoint,
  IssueCreditNoteBody,
  ListCreditNotesQuery,
  ListCustomersQuery,
  UpsertCustomerBody,
  UpdateCustomerBody,
  DeleteCustomerBody,
  ListPaymentMethodsQuery,
  ChooseDefaultPaymentMethodBody,
  CreateSetupSessionBody,
  ListApiKeysQuery,
  CreateApiKeyBody,
  RotateApiKeyBody,
  ListAuditEntriesQuery,
  UpdateConnectionBody,
  RotateConnectionKeyBody,
  RotateSigningSecretBody,
  OpenAccountLinkBody,
  OpenConsentLinkBody,
  DisconnectConnectionBody,
  ListConnectionsQuery,
  CreateConnectionBody,
  ListConnectionHistoryQuery,
  ListDeadLettersQuery,
  ReviveDeadLettersBody,
  ListDisputesQuery,
  CreateEnvironmentBody,
  UpdateEnvironmentBody,
  DeleteEnvironmentQuery,
  ListEventsQuery,
  ListStripeEventsQuery,
  ReplayStripeEventsBody,
  ListInvoicesQuery,
  CreateInvoiceBody,
  UpdateInvoiceBody,
  OpenPaymentSessionBody,
  ListLegalEntitiesQuery,
  CreateLegalEntityBody,
  UpdateLegalEntityBody,
  RecordOfflinePaymentBody,
  ListPaymentsQuery,
  ConfirmPaymentOnSessionBody,
  ListLedgerBalancesQuery,
  ListLedgerTransactionsQuery,
  ListRefundsQuery,
  CreateRefundBody,
  ListWebhookDeliveriesQuery,
  ListWebhookEndpointsQuery,
  CreateWebhookEndpointBody,
  UpdateWebhookEndpointBody,
  RotateWebhookEndpointSecretBody,
} from './api-types.generated.js';
import type { Listing, RequestOptions, Transport } from './transport.js';

export class ApiKeysApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** List the API keys. */
  list(query: ListApiKeysQuery = {}, options: RequestOptions = {}): Listing<ApiKey> {
    return this.#transport.list({ method: 'GET', path: '/v1/api_keys', query }, options);
  }

  /** Make a secret API key. */
  create(body: CreateApiKeyBody, options: RequestOptions = {}): Promise<ApiKey> {
    return this.#transport.send({ method: 'POST', path: '/v1/api_keys', body }, options);
  }

  /** Replace the secret; the old one works on for a while. */
  rotate(id: string, body: RotateApiKeyBody = {}, options: RequestOptions = {}): Promise<ApiKey> {
    return this.#transport.send({ method: 'POST', path: `/v1/api_keys/${encodeURIComponent(id)}/rotate`, body }, options);
  }

  /** Revoke an API key at once. */
  revoke(id: string, options: RequestOptions = {}): Promise<ApiKey> {
    return this.#transport.send({ method: 'DELETE', path: `/v1/api_keys/${encodeURIComponent(id)}` }, options);
  }
}

export class AuditEntriesApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Who did what, when, from where, and what it changed. */
  list(query: ListAuditEntriesQuery = {}, options: RequestOptions = {}): Listing<AuditEntry> {
    return this.#transport.list({ method: 'GET', path: '/v1/audit_entries', query }, options);
  }
}

export class ConnectionModesApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** List the ways to connect a Stripe account. */
  list(options: RequestOptions = {}): Promise<{
    data: WayToConnect[];
  }> {
    return this.#transport.send({ method: 'GET', path: '/v1/connection_modes' }, options);
  }
}

export class ConnectionsApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Read the card of a connection. */
  get(id: string, options: RequestOptions = {}): Promise<ConnectionCard> {
    return this.#transport.send({ method: 'GET', path: `/v1/connections/${encodeURIComponent(id)}` }, options);
  }

  /** Change the switches of a connection. */
  update(id: string, body: UpdateConnectionBody = {}, options: RequestOptions = {}): Promise<ConnectionCard> {
    return this.#transport.send({ method: 'PATCH', path: `/v1/connections/${encodeURIComponent(id)}`, body }, options);
  }

  /** Put a new key of the same account in place. */
  rotateKey(id: string, body: RotateConnectionKeyBody, options: RequestOptions = {}): Promise<ConnectionCard> {
    return this.#transport.send({ method: 'POST', path: `/v1/connections/${encodeURIComponent(id)}/rotate_key`, body }, options);
  }

  /** Replace the webhook signing secret. */
  rotateSigningSecret(id: string, body: RotateSigningSecretBody = {}, options: RequestOptions = {}): Promise<ConnectionCard> {
    return this.#transport.send({ method: 'POST', path: `/v1/connections/${encodeURIComponent(id)}/rotate_webhook_secret`, body }, options);
  }

  /** Look at the connection again, now. */
  check(id: string, options: RequestOptions = {}): Promise<ConnectionCard> {
    return this.#transport.send({ method: 'POST', path: `/v1/connections/${encodeURIComponent(id)}/check` }, options);
  }

  /** Update the Stripe information. */
  openAccountLink(id: string, body: OpenAccountLinkBody = {}, options: RequestOptions = {}): Promise<AccountLink> {
    return this.#transport.send({ method: 'POST', path: `/v1/connections/${encodeURIComponent(id)}/account_link`, body }, options);
  }

  /** Connect, or connect again, on the page of Stripe. */
  openConsentLink(id: string, body: OpenConsentLinkBody = {}, options: RequestOptions = {}): Promise<ConsentLink> {
    return this.#transport.send({ method: 'POST', path: `/v1/connections/${encodeURIComponent(id)}/consent_link`, body }, options);
  }

  /** See what disconnecting would stop. */
  previewDisconnect(id: string, options: RequestOptions = {}): Promise<DisconnectPreview> {
    return this.#transport.send({ method: 'GET', path: `/v1/connections/${encodeURIComponent(id)}/disconnect` }, options);
  }

  /** Disconnect from Stripe. */
  disconnect(id: string, body: DisconnectConnectionBody = {}, options: RequestOptions = {}): Promise<ConnectionCard> {
    return this.#transport.send({ method: 'POST', path: `/v1/connections/${encodeURIComponent(id)}/disconnect`, body }, options);
  }

  /** Take this connection where none is named. */
  setDefault(id: string, options: RequestOptions = {}): Promise<Connection> {
    return this.#transport.send({ method: 'POST', path: `/v1/connections/${encodeURIComponent(id)}/set_default` }, options);
  }

  /** List the connections. */
  list(query: ListConnectionsQuery = {}, options: RequestOptions = {}): Listing<Connection> {
    return this.#transport.list({ method: 'GET', path: '/v1/connections', query }, options);
  }

  /** Connect a Stripe account. */
  create(body: CreateConnectionBody = {}, options: RequestOptions = {}): Promise<ConnectionCard> {
    return this.#transport.send({ method: 'POST', path: '/v1/connections', body }, options);
  }

  /** List how the connection came to its status. */
  listHistory(id: string, query: ListConnectionHistoryQuery = {}, options: RequestOptions = {}): Listing<ConnectionTransition> {
    return this.#transport.list({ method: 'GET', path: `/v1/connections/${encodeURIComponent(id)}/history`, query }, options);
  }

  /** List webhook endpoints of ours at Stripe that are not used. */
  listStrayEndpoints(id: string, options: RequestOptions = {}): Listing<StrayEndpoint> {
    return this.#transport.list({ method: 'GET', path: `/v1/connections/${encodeURIComponent(id)}/stray_endpoints`, isWhole: true }, options);
  }

  /** Delete one of them at Stripe. */
  deleteStrayEndpoint(id: string, stripeId: string, options: RequestOptions = {}): Promise<{
    object: 'stray_endpoint';
    stripe_id: string;
    deleted: boolean;
  }> {
    return this.#transport.send({ method: 'DELETE', path: `/v1/connections/${encodeURIComponent(id)}/stray_endpoints/${encodeURIComponent(stripeId)}` }, options);
  }
}

export class CreditNotesApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** List credit notes. */
  list(query: ListCreditNotesQuery = {}, options: RequestOptions = {}): Listing<CreditNote> {
    return this.#transport.list({ method: 'GET', path: '/v1/credit_notes', query }, options);
  }

  /** Look at a credit note. */
  get(id: string, options: RequestOptions = {}): Promise<CreditNote> {
    return this.#transport.send({ method: 'GET', path: `/v1/credit_notes/${encodeURIComponent(id)}` }, options);
  }
}

export class CustomersApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** List the customers. */
  list(query: ListCustomersQuery = {}, options: RequestOptions = {}): Listing<Customer> {
    return this.#transport.list({ method: 'GET', path: '/v1/customers', query }, options);
  }

  /** Make a customer, or change the one with this external id. */
  create(body: UpsertCustomerBody, options: RequestOptions = {}): Promise<Customer> {
    return this.#transport.send({ method: 'POST', path: '/v1/customers', body }, options);
  }

  /** Get a customer; a deleted one too, for the books. */
  get(id: string, options: RequestOptions = {}): Promise<Customer> {
    return this.#transport.send({ method: 'GET', path: `/v1/customers/${encodeURIComponent(id)}` }, options);
  }

  /** Change a customer. */
  update(id: string, body: UpdateCustomerBody = {}, options: RequestOptions = {}): Promise<Customer> {
    return this.#transport.send({ method: 'PATCH', path: `/v1/customers/${encodeURIComponent(id)}`, body }, options);
  }

  /** Delete or erase a customer, here and if wanted in Stripe. */
  delete(id: string, body: DeleteCustomerBody = {}, options: RequestOptions = {}): Promise<DeletedCustomer> {
    return this.#transport.send({ method: 'DELETE', path: `/v1/customers/${encodeURIComponent(id)}`, body }, options);
  }

  /** List the payment methods that a customer has in Stripe. */
  listPaymentMethods(id: string, query: ListPaymentMethodsQuery = {}, options: RequestOptions = {}): Listing<PaymentMethod> {
    return this.#transport.list({ method: 'GET', path: `/v1/customers/${encodeURIComponent(id)}/payment_methods`, query }, options);
  }

  /** Choose the payment method that is used. */
  chooseDefaultPaymentMethod(id: string, body: ChooseDefaultPaymentMethodBody, options: RequestOptions = {}): Promise<Customer> {
    return this.#transport.send({ method: 'POST', path: `/v1/customers/${encodeURIComponent(id)}/default_payment_method`, body }, options);
  }

  /** Open a page of Stripe's on which the customer leaves a payment method. */
  createSetupSession(id: string, body: CreateSetupSessionBody, options: RequestOptions = {}): Promise<SetupSession> {
    return this.#transport.send({ method: 'POST', path: `/v1/customers/${encodeURIComponent(id)}/setup_sessions`, body }, options);
  }
}

export class DeadLettersApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** List work that gave up. */
  list(query: ListDeadLettersQuery = {}, options: RequestOptions = {}): Listing<DeadLetter> {
    return this.#transport.list({ method: 'GET', path: '/v1/dead_letters', query }, options);
  }

  /** Read one dead letter. */
  get(id: string, options: RequestOptions = {}): Promise<DeadLetter> {
    return this.#transport.send({ method: 'GET', path: `/v1/dead_letters/${encodeURIComponent(id)}` }, options);
  }

  /** Put one back to work. */
  revive(id: string, options: RequestOptions = {}): Promise<DeadLetterRevival> {
    return this.#transport.send({ method: 'POST', path: `/v1/dead_letters/${encodeURIComponent(id)}/revive` }, options);
  }

  /** Put all of a kind or a lane back to work. */
  reviveAll(body: ReviveDeadLettersBody = {}, options: RequestOptions = {}): Promise<DeadLetterRevival> {
    return this.#transport.send({ method: 'POST', path: '/v1/dead_letters/revive', body }, options);
  }
}

export class DisputesApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** List contested payments. */
  list(query: ListDisputesQuery = {}, options: RequestOptions = {}): Listing<Dispute> {
    return this.#transport.list({ method: 'GET', path: '/v1/disputes', query }, options);
  }

  /** Look at a contested payment. */
  get(id: string, options: RequestOptions = {}): Promise<Dispute> {
    return this.#transport.send({ method: 'GET', path: `/v1/disputes/${encodeURIComponent(id)}` }, options);
  }
}

export class EnvironmentsApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Show the environment of this key. */
  getOwn(options: RequestOptions = {}): Promise<Environment> {
    return this.#transport.send({ method: 'GET', path: '/v1/environment' }, options);
  }

  /** List what every page has to tell, the worst first. */
  listNotices(options: RequestOptions = {}): Listing<Notice> {
    return this.#transport.list({ method: 'GET', path: '/v1/environment/notices', isWhole: true }, options);
  }

  /** List the environments of the organization; all of them, there are few. */
  list(options: RequestOptions = {}): Listing<Environment> {
    return this.#transport.list({ method: 'GET', path: '/v1/environments', isWhole: true }, options);
  }

  /** Make another test environment, with its first secret key. */
  create(body: CreateEnvironmentBody, options: RequestOptions = {}): Promise<Environment> {
    return this.#transport.send({ method: 'POST', path: '/v1/environments', body }, options);
  }

  /** Rename an environment. */
  update(id: string, body: UpdateEnvironmentBody, options: RequestOptions = {}): Promise<Environment> {
    return this.#transport.send({ method: 'PATCH', path: `/v1/environments/${encodeURIComponent(id)}`, body }, options);
  }

  /** Delete a test environment; its keys stop working at once. */
  delete(id: string, query: DeleteEnvironmentQuery = {}, options: RequestOptions = {}): Promise<Environment> {
    return this.#transport.send({ method: 'DELETE', path: `/v1/environments/${encodeURIComponent(id)}`, query }, options);
  }
}

export class EventTypesApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Every type of event there is, with an example. */
  list(options: RequestOptions = {}): Listing<EventType> {
    return this.#transport.list({ method: 'GET', path: '/v1/event_types', isWhole: true }, options);
  }
}

export class EventsApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** List what happened. */
  list(query: ListEventsQuery = {}, options: RequestOptions = {}): Listing<Event> {
    return this.#transport.list({ method: 'GET', path: '/v1/events', query }, options);
  }

  /** Show an event, as it was sent. */
  get(id: string, options: RequestOptions = {}): Promise<Event> {
    return this.#transport.send({ method: 'GET', path: `/v1/events/${encodeURIComponent(id)}` }, options);
  }
}

export class InvoicesApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Take an invoice back, wholly or in part. */
  issueCreditNote(id: string, body: IssueCreditNoteBody = {}, options: RequestOptions = {}): Promise<CreditNote> {
    return this.#transport.send({ method: 'POST', path: `/v1/invoices/${encodeURIComponent(id)}/credit_notes`, body }, options);
  }

  /** List invoices. */
  list(query: ListInvoicesQuery = {}, options: RequestOptions = {}): Listing<Invoice> {
    return this.#transport.list({ method: 'GET', path: '/v1/invoices', query }, options);
  }

  /** Make an invoice, as a draft or finalized at once. */
  create(body: CreateInvoiceBody, options: RequestOptions = {}): Promise<Invoice> {
    return this.#transport.send({ method: 'POST', path: '/v1/invoices', body }, options);
  }

  /** Read an invoice. */
  get(id: string, options: RequestOptions = {}): Promise<Invoice> {
    return this.#transport.send({ method: 'GET', path: `/v1/invoices/${encodeURIComponent(id)}` }, options);
  }

  /** Change a draft. */
  update(id: string, body: UpdateInvoiceBody = {}, options: RequestOptions = {}): Promise<Invoice> {
    return this.#transport.send({ method: 'PATCH', path: `/v1/invoices/${encodeURIComponent(id)}`, body }, options);
  }

  /** Delete a draft. */
  delete(id: string, options: RequestOptions = {}): Promise<{
    object: 'invoice';
    id: string;
    deleted: true;
  }> {
    return this.#transport.send({ method: 'DELETE', path: `/v1/invoices/${encodeURIComponent(id)}` }, options);
  }

  /** Read the lines of an invoice, all of them, as they are printed. */
  listLines(id: string, options: RequestOptions = {}): Listing<InvoiceLine> {
    return this.#transport.list({ method: 'GET', path: `/v1/invoices/${encodeURIComponent(id)}/lines`, isWhole: true }, options);
  }

  /** Read the address of the page on which the payer sees and pays the invoice. */
  getPaymentLink(id: string, options: RequestOptions = {}): Promise<{
    object: 'payment_link';
    url: string;
  }> {
    return this.#transport.send({ method: 'GET', path: `/v1/invoices/${encodeURIComponent(id)}/payment_link` }, options);
  }

  /** Give a draft its number; it is owed and collected from then on. */
  finalize(id: string, options: RequestOptions = {}): Promise<Invoice> {
    return this.#transport.send({ method: 'POST', path: `/v1/invoices/${encodeURIComponent(id)}/finalize` }, options);
  }

  /** Take a finalized invoice back whole. */
  void(id: string, options: RequestOptions = {}): Promise<Invoice> {
    return this.#transport.send({ method: 'POST', path: `/v1/invoices/${encodeURIComponent(id)}/void` }, options);
  }

  /** Write off what is due. */
  markUncollectible(id: string, options: RequestOptions = {}): Promise<Invoice> {
    return this.#transport.send({ method: 'POST', path: `/v1/invoices/${encodeURIComponent(id)}/mark_uncollectible` }, options);
  }

  /** Try now to have it paid with what the customer has. */
  pay(id: string, options: RequestOptions = {}): Promise<Invoice> {
    return this.#transport.send({ method: 'POST', path: `/v1/invoices/${encodeURIComponent(id)}/pay` }, options);
  }

  /** Open a page of Stripe on which the payer pays what is due. */
  openPaymentSession(id: string, body: OpenPaymentSessionBody = {}, options: RequestOptions = {}): Promise<Payment> {
    return this.#transport.send({ method: 'POST', path: `/v1/invoices/${encodeURIComponent(id)}/payment_session`, body }, options);
  }

  /** Record money that came outside Stripe, such as a bank transfer. */
  recordOfflinePayment(id: string, body: RecordOfflinePaymentBody = {}, options: RequestOptions = {}): Promise<Payment> {
    return this.#transport.send({ method: 'POST', path: `/v1/invoices/${encodeURIComponent(id)}/offline_payments`, body }, options);
  }
}

export class LedgerApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The balance of every account, by currency. */
  listBalances(query: ListLedgerBalancesQuery = {}, options: RequestOptions = {}): Listing<LedgerBalance> {
    return this.#transport.list({ method: 'GET', path: '/v1/ledger/balances', query, isWhole: true }, options);
  }

  /** List what was entered in the books. */
  listTransactions(query: ListLedgerTransactionsQuery = {}, options: RequestOptions = {}): Listing<LedgerTransaction> {
    return this.#transport.list({ method: 'GET', path: '/v1/ledger/transactions', query }, options);
  }

  /** Whether the books agree with what they tell of. */
  check(options: RequestOptions = {}): Promise<LedgerCheck> {
    return this.#transport.send({ method: 'GET', path: '/v1/ledger/check' }, options);
  }
}

export class LegalEntitiesApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** List the issuers. */
  list(query: ListLegalEntitiesQuery = {}, options: RequestOptions = {}): Listing<LegalEntity> {
    return this.#transport.list({ method: 'GET', path: '/v1/legal_entities', query }, options);
  }

  /** Make an issuer of invoices, with a number series of its own. */
  create(body: CreateLegalEntityBody, options: RequestOptions = {}): Promise<LegalEntity> {
    return this.#transport.send({ method: 'POST', path: '/v1/legal_entities', body }, options);
  }

  /** Read an issuer. */
  get(id: string, options: RequestOptions = {}): Promise<LegalEntity> {
    return this.#transport.send({ method: 'GET', path: `/v1/legal_entities/${encodeURIComponent(id)}` }, options);
  }

  /** Change an issuer for the invoices to come. */
  update(id: string, body: UpdateLegalEntityBody = {}, options: RequestOptions = {}): Promise<LegalEntity> {
    return this.#transport.send({ method: 'PATCH', path: `/v1/legal_entities/${encodeURIComponent(id)}`, body }, options);
  }
}

export class PaymentMethodsApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Remove a payment method, for ever. */
  detach(id: string, options: RequestOptions = {}): Promise<PaymentMethod> {
    return this.#transport.send({ method: 'POST', path: `/v1/payment_methods/${encodeURIComponent(id)}/detach` }, options);
  }
}

export class PaymentsApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** List attempts to collect invoices. */
  list(query: ListPaymentsQuery = {}, options: RequestOptions = {}): Listing<Payment> {
    return this.#transport.list({ method: 'GET', path: '/v1/payments', query }, options);
  }

  /** Read an attempt. */
  get(id: string, options: RequestOptions = {}): Promise<Payment> {
    return this.#transport.send({ method: 'GET', path: `/v1/payments/${encodeURIComponent(id)}` }, options);
  }

  /** Confirm again while the payer is present; the answer says where he goes next. */
  confirmOnSession(id: string, body: ConfirmPaymentOnSessionBody, options: RequestOptions = {}): Promise<Payment> {
    return this.#transport.send({ method: 'POST', path: `/v1/payments/${encodeURIComponent(id)}/confirm_on_session`, body }, options);
  }

  /** Withdraw an attempt that waits for the payer. */
  cancel(id: string, options: RequestOptions = {}): Promise<Payment> {
    return this.#transport.send({ method: 'POST', path: `/v1/payments/${encodeURIComponent(id)}/cancel` }, options);
  }

  /** Free an invoice from an attempt whose connection to Stripe is lost. */
  release(id: string, options: RequestOptions = {}): Promise<Payment> {
    return this.#transport.send({ method: 'POST', path: `/v1/payments/${encodeURIComponent(id)}/release` }, options);
  }
}

export class RefundsApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** List refunds. */
  list(query: ListRefundsQuery = {}, options: RequestOptions = {}): Listing<Refund> {
    return this.#transport.list({ method: 'GET', path: '/v1/refunds', query }, options);
  }

  /** Give money of a payment back. */
  create(body: CreateRefundBody = {}, options: RequestOptions = {}): Promise<Refund> {
    return this.#transport.send({ method: 'POST', path: '/v1/refunds', body }, options);
  }

  /** Look at a refund. */
  get(id: string, options: RequestOptions = {}): Promise<Refund> {
    return this.#transport.send({ method: 'GET', path: `/v1/refunds/${encodeURIComponent(id)}` }, options);
  }
}

export class SetupSessionsApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Get a set-up page and how it stands. */
  get(id: string, options: RequestOptions = {}): Promise<SetupSession> {
    return this.#transport.send({ method: 'GET', path: `/v1/setup_sessions/${encodeURIComponent(id)}` }, options);
  }
}

export class StripeEventsApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** List what Stripe told us. */
  list(query: ListStripeEventsQuery = {}, options: RequestOptions = {}): Listing<StripeEvent> {
    return this.#transport.list({ method: 'GET', path: '/v1/stripe_events', query }, options);
  }

  /** Read one event with what Stripe sent. */
  get(id: string, options: RequestOptions = {}): Promise<StripeEventWithPayload> {
    return this.#transport.send({ method: 'GET', path: `/v1/stripe_events/${encodeURIComponent(id)}` }, options);
  }

  /** Apply an event again. */
  replay(id: string, options: RequestOptions = {}): Promise<StripeEvent> {
    return this.#transport.send({ method: 'POST', path: `/v1/stripe_events/${encodeURIComponent(id)}/replay` }, options);
  }

  /** Apply all events of a status again. */
  replayAll(body: ReplayStripeEventsBody = {}, options: RequestOptions = {}): Promise<{
    object: 'stripe_event_replay';
    replayed: number;
    has_more: boolean;
  }> {
    return this.#transport.send({ method: 'POST', path: '/v1/stripe_events/replay', body }, options);
  }
}

export class WebhookDeliveriesApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** List what was sent to your endpoints, or waits to be. */
  list(query: ListWebhookDeliveriesQuery = {}, options: RequestOptions = {}): Listing<WebhookDelivery> {
    return this.#transport.list({ method: 'GET', path: '/v1/webhook_deliveries', query }, options);
  }

  /** Show a delivery with its attempts. */
  get(id: string, options: RequestOptions = {}): Promise<WebhookDelivery> {
    return this.#transport.send({ method: 'GET', path: `/v1/webhook_deliveries/${encodeURIComponent(id)}` }, options);
  }

  /** Send it again, now. */
  redeliver(id: string, options: RequestOptions = {}): Promise<WebhookDelivery> {
    return this.#transport.send({ method: 'POST', path: `/v1/webhook_deliveries/${encodeURIComponent(id)}/redeliver` }, options);
  }
}

export class WebhookEndpointsApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** List the webhook endpoints. */
  list(query: ListWebhookEndpointsQuery = {}, options: RequestOptions = {}): Listing<WebhookEndpoint> {
    return this.#transport.list({ method: 'GET', path: '/v1/webhook_endpoints', query }, options);
  }

  /** Have events sent to an address of yours. */
  create(body: CreateWebhookEndpointBody, options: RequestOptions = {}): Promise<WebhookEndpoint> {
    return this.#transport.send({ method: 'POST', path: '/v1/webhook_endpoints', body }, options);
  }

  /** Show a webhook endpoint. */
  get(id: string, options: RequestOptions = {}): Promise<WebhookEndpoint> {
    return this.#transport.send({ method: 'GET', path: `/v1/webhook_endpoints/${encodeURIComponent(id)}` }, options);
  }

  /** Change a webhook endpoint, or switch it on or off. */
  update(id: string, body: UpdateWebhookEndpointBody = {}, options: RequestOptions = {}): Promise<WebhookEndpoint> {
    return this.#transport.send({ method: 'PATCH', path: `/v1/webhook_endpoints/${encodeURIComponent(id)}`, body }, options);
  }

  /** Delete a webhook endpoint; what waits for it is canceled. */
  delete(id: string, options: RequestOptions = {}): Promise<{
    object: 'webhook_endpoint';
    id: string;
    deleted: true;
  }> {
    return this.#transport.send({ method: 'DELETE', path: `/v1/webhook_endpoints/${encodeURIComponent(id)}` }, options);
  }

  /** Replace the signing secret; messages are signed by both for a while. */
  rotateSecret(id: string, body: RotateWebhookEndpointSecretBody = {}, options: RequestOptions = {}): Promise<WebhookEndpoint> {
    return this.#transport.send({ method: 'POST', path: `/v1/webhook_endpoints/${encodeURIComponent(id)}/rotate_secret`, body }, options);
  }

  /** Send a test event to the endpoint, and see what it answers. */
  test(id: string, options: RequestOptions = {}): Promise<WebhookDelivery> {
    return this.#transport.send({ method: 'POST', path: `/v1/webhook_endpoints/${encodeURIComponent(id)}/test` }, options);
  }
}

/** Every noun of the API. */
export class Nouns {
  readonly apiKeys: ApiKeysApi;
  readonly auditEntries: AuditEntriesApi;
  readonly connectionModes: ConnectionModesApi;
  readonly connections: ConnectionsApi;
  readonly creditNotes: CreditNotesApi;
  readonly customers: CustomersApi;
  readonly deadLetters: DeadLettersApi;
  readonly disputes: DisputesApi;
  readonly environments: EnvironmentsApi;
  readonly eventTypes: EventTypesApi;
  readonly events: EventsApi;
  readonly invoices: InvoicesApi;
  readonly ledger: LedgerApi;
  readonly legalEntities: LegalEntitiesApi;
  readonly paymentMethods: PaymentMethodsApi;
  readonly payments: PaymentsApi;
  readonly refunds: RefundsApi;
  readonly setupSessions: SetupSessionsApi;
  readonly stripeEvents: StripeEventsApi;
  readonly webhookDeliveries: WebhookDeliveriesApi;
  readonly webhookEndpoints: WebhookEndpointsApi;

  constructor(transport: Transport) {
    this.apiKeys = new ApiKeysApi(transport);
    this.auditEntries = new AuditEntriesApi(transport);
    this.connectionModes = new ConnectionModesApi(transport);
    this.connections = new ConnectionsApi(transport);
    this.creditNotes = new CreditNotesApi(transport);
    this.customers = new CustomersApi(transport);
    this.deadLetters = new DeadLettersApi(transport);
    this.disputes = new DisputesApi(transport);
    this.environments = new EnvironmentsApi(transport);
    this.eventTypes = new EventTypesApi(transport);
    this.events = new EventsApi(transport);
    this.invoices = new InvoicesApi(transport);
    this.ledger = new LedgerApi(transport);
    this.legalEntities = new LegalEntitiesApi(transport);
    this.paymentMethods = new PaymentMethodsApi(transport);
    this.payments = new PaymentsApi(transport);
    this.refunds = new RefundsApi(transport);
    this.setupSessions = new SetupSessionsApi(transport);
    this.stripeEvents = new StripeEventsApi(transport);
    this.webhookDeliveries = new WebhookDeliveriesApi(transport);
    this.webhookEndpoints = new WebhookEndpointsApi(transport);
  }
}
