import type { Invoice } from '@tollbridge/core';
import { testDatabase, testDatabases } from '@tollbridge/simulation';
import { beforeEach, describe, expect, test } from 'vitest';
import { HeldDatabase } from '../../test/held-database.js';
import type { Context } from '../context.js';
import { findKeyHolder } from './api-keys.js';
import { balanceCursorsTable } from './balance-transactions.js';
import { findConnectionCredentials } from './connection-credentials.js';
import { findConnectionWithCursor } from './connection-cursors.js';
import { findConnection, findConnectionOrAccess, findConnectionWithCredentials } from './connections.js';
import { findCreditNote, listCreditNotesOfInvoice } from './credit-notes.js';
import { findCustomerWithConnection } from './customer-with-connection.js';
import { findCustomerWithIssuer } from './customer-with-issuer.js';
import { findCustomer, findCustomerByProviderId } from './customers.js';
import { type Database, VersionConflict } from './database.js';
import { gathered } from './gathered.js';
import { findIdempotencyRecord } from './idempotency.js';
import { findInvoiceLink } from './invoice-links.js';
import { findInvoice, listCollectableInvoicesOfCustomer, requireUnchanged } from './invoices.js';
import { findDefaultLegalEntity, findLegalEntity } from './legal-entities.js';
import { findEnvironment } from './organizations.js';
import { findPaymentMethod, findPaymentMethodByStripeId, listPaymentMethodsOfCustomer } from './payment-methods.js';
import {
  findPayment,
  findPaymentByStripeCharge,
  findPaymentByStripeIntent,
  findPaymentByStripeSession,
  listPaymentsOfInvoice,
} from './payments.js';
import { findRefund, findRefundByStripeId, listRefundsOfPayment } from './refunds.js';
import { stripeEventPollsTable } from './stripe-event-polls.js';
import { findStripeEvent, isKnownStripeEvent, type StripeEventRow } from './stripe-events.js';
import { findWebhookSending } from './webhook-sendings.js';

const ENVIRONMENT = 'env_none';
const CONNECTION = 'con_none';

/** Every question that says it goes together with its like, about something that there is not. */
const QUESTIONS: Readonly<Record<string, (database: Database, id: string) => Promise<unknown>>> = {
  findConnection: (db, id) => findConnection(db, ENVIRONMENT, id),
  findConnectionCredentials: (db, id) => findConnectionCredentials(db, ENVIRONMENT, id),
  findConnectionOrAccess: (db, id) => findConnectionOrAccess({ db } as Context, ENVIRONMENT, id),
  findConnectionWithCredentials: (db, id) => findConnectionWithCredentials(db, id),
  'findConnectionWithCursor, of its balance': (db, id) =>
    findConnectionWithCursor({ db } as Context, { environmentId: ENVIRONMENT, id }, balanceCursorsTable),
  'findConnectionWithCursor, of its events': (db, id) =>
    findConnectionWithCursor({ db } as Context, { environmentId: ENVIRONMENT, id }, stripeEventPollsTable),
  findCreditNote: (db, id) => findCreditNote(db, ENVIRONMENT, id),
  findCustomer: (db, id) => findCustomer(db, ENVIRONMENT, id),
  'findCustomerWithConnection, by our id': (db, id) =>
    findCustomerWithConnection(db, ENVIRONMENT, { key: { id }, connectionCode: null }),
  'findCustomerWithConnection, by the id of the host': (db, externalId) =>
    findCustomerWithConnection(db, ENVIRONMENT, { key: { externalId }, connectionCode: null }),
  findCustomerWithIssuer: (db, customerId) =>
    findCustomerWithIssuer(db, ENVIRONMENT, { customerId, legalEntityId: null }),
  findCustomerByProviderId: (db, providerCustomerId) =>
    findCustomerByProviderId(db, { environmentId: ENVIRONMENT, connectionId: CONNECTION, providerCustomerId }),
  findDefaultLegalEntity: (db, id) => findDefaultLegalEntity(db, id),
  findEnvironment: (db, id) => findEnvironment(db, id),
  findIdempotencyRecord: (db, key) => findIdempotencyRecord(db, ENVIRONMENT, key),
  findInvoice: (db, id) => findInvoice(db, ENVIRONMENT, id),
  findInvoiceLink: (db, id) => findInvoiceLink(db, ENVIRONMENT, id),
  findKeyHolder: (db, hash) => findKeyHolder(db, hash, null),
  'findKeyHolder, with an idempotency key': (db, hash) => findKeyHolder(db, hash, `key of ${hash}`),
  findLegalEntity: (db, id) => findLegalEntity(db, ENVIRONMENT, id),
  findPayment: (db, id) => findPayment(db, ENVIRONMENT, id),
  findPaymentByStripeCharge: (db, stripeId) =>
    findPaymentByStripeCharge(db, ENVIRONMENT, { connectionId: CONNECTION, stripeId }),
  findPaymentByStripeIntent: (db, stripeId) =>
    findPaymentByStripeIntent(db, ENVIRONMENT, { connectionId: CONNECTION, stripeId }),
  findPaymentByStripeSession: (db, stripeId) =>
    findPaymentByStripeSession(db, ENVIRONMENT, { connectionId: CONNECTION, stripeId }),
  findPaymentMethod: (db, id) => findPaymentMethod(db, ENVIRONMENT, id),
  findPaymentMethodByStripeId: (db, stripeId) =>
    findPaymentMethodByStripeId(db, { environmentId: ENVIRONMENT, connectionId: CONNECTION, stripeId }),
  findRefund: (db, id) => findRefund(db, ENVIRONMENT, id),
  findRefundByStripeId: (db, stripeId) => findRefundByStripeId(db, ENVIRONMENT, { connectionId: CONNECTION, stripeId }),
  findStripeEvent: (db, id) => findStripeEvent(db, ENVIRONMENT, id),
  findWebhookSending: (db, id) => findWebhookSending(db, ENVIRONMENT, id),
  isKnownStripeEvent: (db, stripeEventId) =>
    isKnownStripeEvent(db, { environmentId: ENVIRONMENT, connectionId: CONNECTION, stripeEventId } as StripeEventRow),
  listCollectableInvoicesOfCustomer: (db, customerId) =>
    listCollectableInvoicesOfCustomer(db, ENVIRONMENT, { customerId, limit: 5 }),
  listCreditNotesOfInvoice: (db, id) => listCreditNotesOfInvoice(db, ENVIRONMENT, id),
  listPaymentMethodsOfCustomer: (db, id) => listPaymentMethodsOfCustomer(db, ENVIRONMENT, id),
  listPaymentsOfInvoice: (db, id) => listPaymentsOfInvoice(db, ENVIRONMENT, id),
  listRefundsOfPayment: (db, id) => listRefundsOfPayment(db, ENVIRONMENT, id),
  requireUnchanged: (db, id) =>
    requireUnchanged(db, { environmentId: ENVIRONMENT, id, version: 1 } as Invoice).catch((error: unknown) => {
      if (!(error instanceof VersionConflict)) throw error;
    }),
};

describe.each(testDatabases())('questions asked together on %s', (kind) => {
  let held: HeldDatabase;
  let database: Database;
  beforeEach(async () => {
    held = new HeldDatabase(await testDatabase(kind));
    database = gathered(held);
  });

  test.each(Object.entries(QUESTIONS))('%s is one statement for three', async (_name, ask) => {
    const answers = await Promise.all(['a_1', 'a_2', 'a_1'].map((id) => ask(database, id)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer) ?? 'nothing')).size).toBe(1);
    // Refused together they would have been asked one by one.
    expect(held.asked).toBe(1);
  });
});
