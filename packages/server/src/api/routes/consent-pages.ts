import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { beginConsent } from '../../actions/begin-consent.js';
import { type ConsentOutcome, finishConsent } from '../../actions/finish-consent.js';
import type { Context } from '../../context.js';
import { PROBLEMS } from '../../problems/index.js';
import { consentPageHtml, refusedPageHtml } from '../consent-page.js';
import { pageHeaders } from '../page-frame.js';
import { type Routes, typedApp } from '../typed-app.js';

const TOKEN = /^[A-Za-z0-9_-]{43}$/;
const params = z.strictObject({ token: z.string().regex(TOKEN) });
const text = z.string().max(2_000).optional();
/** What Stripe leads back with, and whatever else it adds. */
const querystring = z.object({
  state: z.string().max(200).optional(),
  code: text,
  error: text,
  error_description: text,
});

const COOKIE = 'tollbridge_consent';
const COOKIE_SECONDS = 3_600;

/** The way of a person through Stripe's page of consent and back; what he may was decided where the link was asked for. */
export const consentPagesRoutes: Routes = (app, context) => {
  const pages = typedApp(app);
  pages.get('/connect/oauth/callback', { schema: { hide: true, querystring } }, async (request, reply) => {
    const { code, error, error_description: errorDescription, state } = request.query;
    const outcome = await finishConsent(context, {
      state: state ?? '',
      session: sessionOf(request),
      code: code ?? null,
      error: error ?? null,
      errorDescription: errorDescription ?? null,
      address: request.ip,
      requestId: request.id,
    });
    return showOutcome(context, reply, outcome);
  });
  pages.get('/connect/oauth/:token', { schema: { hide: true, params } }, async (request, reply) => {
    const begun = await beginConsent(context, request.params.token);
    if (!begun.ok) return showOutcome(context, reply, { connection: null, returnUrl: null, problem: begun.error });
    return reply
      .header('set-cookie', cookieOf(context, begun.value.session))
      .headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
      .redirect(begun.value.location, 303);
  });
};

/** As the browser sees it: the public address may have a path of its own. */
const cookiePath = ({ settings }: Context): string => new URL(`${settings.publicUrl}/connect/oauth`).pathname;

/** Lax: it must come along when Stripe's page leads back here. */
function cookieOf(context: Context, session: string): string {
  const secure = context.settings.publicUrl.startsWith('https:') ? '; Secure' : '';
  return `${COOKIE}=${session}; Path=${cookiePath(context)}; Max-Age=${COOKIE_SECONDS}; HttpOnly; SameSite=Lax${secure}`;
}

function sessionOf(request: FastifyRequest): string | null {
  const kept = (request.headers.cookie ?? '').split(';').map((part) => part.trim());
  const value = kept.find((part) => part.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1) ?? '';
  return TOKEN.test(value) ? value : null;
}

/** Back to whoever sent him, if he named an address; else a page that says what came of it. */
function showOutcome(context: Context, reply: FastifyReply, outcome: ConsentOutcome): FastifyReply {
  const { connection, problem, returnUrl } = outcome;
  const expired = `${COOKIE}=; Path=${cookiePath(context)}; Max-Age=0; HttpOnly; SameSite=Lax`;
  if (returnUrl !== null && connection !== null) {
    const location = new URL(returnUrl);
    location.searchParams.set('connection', connection.id);
    location.searchParams.set('outcome', problem?.code ?? 'connected');
    return reply.header('set-cookie', expired).redirect(location.href, 303);
  }
  const headers = pageHeaders('nowhere');
  if (problem === null && connection !== null)
    return reply.header('set-cookie', expired).headers(headers).send(consentPageHtml(connection));
  const status = PROBLEMS[problem?.code ?? '']?.status ?? 500;
  return reply
    .status(status)
    .headers(headers)
    .send(refusedPageHtml(problem?.message ?? ''));
}
