import { z } from 'zod';
import { chooseDefaultPaymentMethod } from '../../actions/choose-default-payment-method.js';
import { createSetupSession } from '../../actions/create-setup-session.js';
import { detachPaymentMethod } from '../../actions/detach-payment-method.js';
import { businessNow } from '../../clock.js';
import { paymentMethodToJson } from '../../json/payment-method.js';
import { setupSessionToJson } from '../../json/setup-session.js';
import { findCustomer } from '../../store/customers.js';
import { listAttachedPaymentMethods } from '../../store/payment-methods.js';
import { findSetupSession } from '../../store/setup-sessions.js';
import { callerOf, commandOf, sendAnswer, sendFound, sendPage } from '../answer.js';
import { customerSchema, paymentMethodSchema, setupSessionSchema } from '../customer-schemas.js';
import { errorResponses, idParams, listOf, pageQuery, pageRequestOf } from '../schemas.js';
import type { Routes } from '../typed-app.js';

const tags = ['Payment methods'];
const pageUrl = z
  .url({ protocol: /^https?$/ })
  .max(2_000)
  .describe('http or https.');

export const paymentMethodsRoutes: Routes = (app, context) => {
  app.get(
    '/v1/customers/:id/payment_methods',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listPaymentMethods',
        summary: 'List the payment methods that a customer has in Stripe',
        tags,
        params: idParams,
        querystring: z.strictObject(pageQuery),
        response: { 200: listOf(paymentMethodSchema), ...errorResponses },
      },
    },
    async (request, reply) => {
      const environmentId = callerOf(request).environment.id;
      const customer = await findCustomer(context.db, environmentId, request.params.id);
      if (customer === null) return sendFound(request, reply, null);
      const options = { request: pageRequestOf(request.query), customerId: customer.id };
      const page = await listAttachedPaymentMethods(context.db, environmentId, options);
      return sendPage(request, reply, page, (method) => paymentMethodToJson(method, customer.defaultPaymentMethodId));
    },
  );

  app.post(
    '/v1/customers/:id/default_payment_method',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'chooseDefaultPaymentMethod',
        summary: 'Choose the payment method that is used',
        tags,
        params: idParams,
        body: z.strictObject({ payment_method_id: z.string().min(1).max(100) }),
        response: { 200: customerSchema, 202: customerSchema, ...errorResponses },
      },
    },
    async (request, reply) => {
      const input = { customerId: request.params.id, paymentMethodId: request.body.payment_method_id };
      return sendAnswer(request, reply, await chooseDefaultPaymentMethod(context, commandOf(request), input));
    },
  );

  app.post(
    '/v1/payment_methods/:id/detach',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'detachPaymentMethod',
        summary: 'Remove a payment method, for ever',
        tags,
        params: idParams,
        response: { 200: paymentMethodSchema, 202: paymentMethodSchema, ...errorResponses },
      },
    },
    async (request, reply) =>
      sendAnswer(request, reply, await detachPaymentMethod(context, commandOf(request), request.params.id)),
  );

  app.post(
    '/v1/customers/:id/setup_sessions',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'createSetupSession',
        summary: "Open a page of Stripe's on which the customer leaves a payment method",
        tags,
        params: idParams,
        body: z.strictObject({ return_url: pageUrl, cancel_url: pageUrl.nullish() }),
        response: { 201: setupSessionSchema, 202: setupSessionSchema, ...errorResponses },
      },
    },
    async (request, reply) => {
      const { return_url, cancel_url } = request.body;
      const input = { customerId: request.params.id, returnUrl: return_url, cancelUrl: cancel_url ?? null };
      return sendAnswer(request, reply, await createSetupSession(context, commandOf(request), input));
    },
  );

  app.get(
    '/v1/setup_sessions/:id',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getSetupSession',
        summary: 'Get a set-up page and how it stands',
        tags,
        params: idParams,
        response: { 200: setupSessionSchema, ...errorResponses },
      },
    },
    async (request, reply) => {
      const { environment } = callerOf(request);
      const session = await findSetupSession(context.db, environment.id, request.params.id);
      const now = businessNow(context.clock, environment);
      return sendFound(request, reply, session === null ? null : setupSessionToJson(session, now));
    },
  );
};
