import type { Invoice } from '@tollbridge/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { confirmPaymentOnSession } from '../../actions/confirm-payment-on-session.js';
import { lookAtPayment } from '../../actions/look-at-payment.js';
import { openPaymentSession } from '../../actions/open-payment-session.js';
import type { Command } from '../../asked.js';
import { hostedUrl } from '../../collection/hosted-link.js';
import type { Context } from '../../context.js';
import type { paymentToJson } from '../../json/payment.js';
import { hashOfToken } from '../../secret-box.js';
import { findCustomer } from '../../store/customers.js';
import { listInvoiceLines } from '../../store/invoice-lines.js';
import { findInvoiceByHostedToken } from '../../store/invoices.js';
import { type Environment, findEnvironment } from '../../store/organizations.js';
import { findPayment } from '../../store/payments.js';
import { invoicePageHeaders, invoicePageHtml, noInvoicePageHtml } from '../invoice-page.js';
import { type Routes, typedApp } from '../typed-app.js';

const params = z.strictObject({ token: z.string().regex(/^[A-Za-z0-9_-]{43}$/) });
/** Whatever a mail program adds to a link. */
const querystring = z.object({ returned: z.unknown().optional() });
/** The form has no fields; what a browser sends with it is read and dropped. */
const FORM_BYTES_MAX = 1_024;

/**
 * The invoice's own page (INV-5, INV-12). Whoever has the link may see and pay it, and nothing else; the link itself is
 * what a form of another site cannot know.
 */
export const payPageRoutes: Routes = (app, context) => {
  app.register(async (scope) => {
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: FORM_BYTES_MAX },
      (_request, _body, done) => done(null, null),
    );
    const pages = typedApp(scope);
    pages.get('/pay/:token', { schema: { hide: true, params, querystring } }, async (request, reply) => {
      const { token } = request.params;
      if (request.query.returned === '1') await lookForReturned(context, request, token);
      return showPage(context, reply, { token, notice: null });
    });
    pages.post('/pay/:token', { schema: { hide: true, params } }, async (request, reply) =>
      goOn(context, request, { reply, token: request.params.token }),
    );
  });
};

/** Where Stripe and the bank send the payer back to: the page, which then knows that it has to look first. */
const returnAddress = (context: Context, token: string): string => `${hostedUrl(context, token)}?returned=1`;

async function lookForReturned(context: Context, request: FastifyRequest, token: string): Promise<void> {
  const page = await loadPage(context, token);
  if (page?.open != null) await lookAtPayment(context, commandOfPayer(request, page), page.open.id);
}

/** The payer is whoever has the link. */
function commandOfPayer(
  request: FastifyRequest,
  { invoice, environment }: { readonly invoice: Invoice; readonly environment: Environment },
): Command {
  const actor = { kind: 'payer' as const, id: invoice.customerId, address: request.ip, requestId: request.id };
  return { environment, actor, idempotency: null };
}

async function loadPage(context: Context, token: string) {
  const invoice = await findInvoiceByHostedToken(context.db, hashOfToken(token));
  if (invoice === null) return null;
  const { environmentId, id, openPaymentId } = invoice;
  const environment = await findEnvironment(context.db, environmentId);
  if (environment === null) return null;
  const lines = await listInvoiceLines(context.db, environmentId, id);
  const open = openPaymentId === null ? null : await findPayment(context.db, environmentId, openPaymentId);
  const customer = await findCustomer(context.db, environmentId, invoice.customerId);
  return { invoice, lines, open, environment, customerName: customer?.name ?? null };
}

async function showPage(
  context: Context,
  reply: FastifyReply,
  { token, notice }: { readonly token: string; readonly notice: string | null },
): Promise<FastifyReply> {
  reply.headers(invoicePageHeaders(context.settings.publicUrl.startsWith('https:')));
  const page = await loadPage(context, token);
  if (page === null) return reply.status(404).send(noInvoicePageHtml());
  return reply.status(notice === null ? 200 : 409).send(invoicePageHtml({ ...page, notice }));
}

/** The button: on to the bank when the payer must confirm, else on to a page of Stripe's; back here when neither is needed. */
async function goOn(
  context: Context,
  request: FastifyRequest,
  { reply, token }: { readonly reply: FastifyReply; readonly token: string },
): Promise<FastifyReply> {
  const page = await loadPage(context, token);
  if (page === null || page.invoice.status === 'paid' || page.invoice.status === 'void') {
    return showPage(context, reply, { token, notice: null });
  }
  const { invoice, open } = page;
  const here = hostedUrl(context, token);
  // A page that stands already is the payer's own, whoever opened it and wherever it leads back to.
  const stands = open?.status === 'awaiting_payer' && (open.sessionExpiresAt ?? 0) > context.clock.machineNow();
  if (stands && open.sessionUrl !== null) return reply.redirect(open.sessionUrl, 303);
  const returnUrl = returnAddress(context, token);
  const command = commandOfPayer(request, page);
  const answer =
    open?.status === 'requires_action'
      ? await confirmPaymentOnSession(context, command, { id: open.id, returnUrl })
      : await openPaymentSession(context, command, { invoiceId: invoice.id, returnUrl, cancelUrl: here });
  if (!answer.ok) return showPage(context, reply, { token, notice: NOT_NOW });
  const payment = answer.value.body as ReturnType<typeof paymentToJson>;
  return reply.redirect(payment.next_action?.url ?? payment.session?.url ?? here, 303);
}

const NOT_NOW = 'The payment could not be started now. Try again in a while.';
