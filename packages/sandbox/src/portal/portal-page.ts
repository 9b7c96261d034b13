import { Refusal } from '../errors.js';
import type { PageAnswer, PageRequest, Resource } from '../operation.js';
import { escapeHtml, sandboxPage } from '../pages/layout.js';
import { errorAlert, textField } from '../pages/text-field.js';
import { clockOf, customers } from '../resources/customers/customer.js';
import type { Work } from '../work.js';
import { portalForms } from './portal-forms.js';
import { homePage } from './portal-home.js';
import { settlePaymentMethod } from './portal-methods.js';
import {
  configurationOf,
  isExpired,
  isRecoverable,
  openFlow,
  type PortalFlow,
  type PortalSessionObject,
  portalSessions,
  putSession,
  used,
} from './portal-session.js';
import { asked, firstTry, type PortalForm, type Retry, type Visit } from './portal-visit.js';

type Answering = (visit: Visit) => PageAnswer;

/** Opens the portal for whoever has its address in time, and for nobody else. */
const within =
  (answer: Answering) =>
  (account: Work, request: PageRequest): PageAnswer => {
    const [found] = account.where(portalSessions, '_token', request.path.token ?? '');
    if (found === undefined) return notice('No such portal', 'This address opens nothing.', { status: 404 });
    const customer = account.get(customers, found.customer);
    if (customer === undefined) return notice('No such customer', 'This customer was deleted.', { status: 404 });
    if (isExpired(found, account.now)) return expired(account, found, request);
    const configuration = configurationOf(account, found);
    const session = used(account, found);
    return answer({ work: account.onClock(clockOf(customer)), account, session, configuration, customer, request });
  };

const notice = (title: string, text: string, also: { status: number; link?: string | null }): PageAnswer => {
  const link =
    also.link === undefined || also.link === null ? '' : `<p><a href="${escapeHtml(also.link)}">Go back</a></p>`;
  return { kind: 'html', status: also.status, html: sandboxPage(title, `<p>${escapeHtml(text)}</p>${link}`) };
};

/** https://docs.stripe.com/changelog/endive/2026-10-28/session-recovery-for-expired-customer-portal-sessions */
const expired = (account: Work, session: PortalSessionObject, { form }: PageRequest): PageAnswer => {
  const over = 'This session of the portal has expired.';
  if (!isRecoverable(session, account.now)) {
    return notice('Expired', over, { status: 410, link: session.return_url });
  }
  const typed = (form.get('email') ?? '').trim();
  const customer = account.require(customers, session.customer);
  if (typed !== '' && typed.toLowerCase() === customer.email?.toLowerCase()) {
    const { after_expiration, configuration, customer: id, flow, locale, return_url } = session;
    const next = putSession(account, { after_expiration, configuration, customer: id, flow, locale, return_url });
    return { kind: 'redirect', location: next.url };
  }
  const error = typed === '' ? null : { field: 'email', message: 'This is not the email address of this portal.' };
  const email = textField(
    { name: 'email', label: 'Email', attributes: 'type="email" autocomplete="email"' },
    typed,
    error,
  );
  const html = `${errorAlert(error)}<p>${over} Say who you are to go on; no message is sent here.</p>
<form method="post">${email}<p class="actions"><button type="submit">Continue</button></p></form>`;
  return { kind: 'html', status: error === null ? 410 : 400, html: sandboxPage('Expired', html) };
};

const show = within((visit) => {
  const flow = openFlow(visit.session);
  const settled = settlePaymentMethod(visit);
  if (settled.isDone) return flow === null ? home(settled.visit) : completed(settled.visit, flow);
  const form = formOf(settled.visit);
  if (form === undefined) return home(settled.visit);
  return closedTo(settled.visit, form) ?? page(settled.visit, form, { ...firstTry, error: settled.error });
});

const submit = within((visit) => {
  const form = formOf(visit);
  if (form === undefined) return home(visit);
  const closed = closedTo(visit, form);
  if (closed !== undefined) return closed;
  try {
    const elsewhere = form.submit(visit);
    if (elsewhere !== undefined) return { kind: 'redirect', location: elsewhere };
    const flow = openFlow(visit.session);
    return flow === null ? { kind: 'redirect', location: visit.session.url } : completed(visit, flow);
  } catch (error) {
    // The visitor sees the refusal and tries again.
    if (!(error instanceof Refusal)) throw error;
    const { message, param } = error.body;
    const retry = { error: { message, field: param ?? null }, typed: visit.request.form };
    return { ...page(visit, form, retry, error.status), isUndone: !error.commits };
  }
});

/** A flow has one form, and the whole portal the one that is asked for. */
const formOf = (visit: Visit): PortalForm | undefined => {
  const flow = openFlow(visit.session);
  return portalForms[flow === null ? asked(visit, 'page') : (formOfFlow[flow.type] ?? '')];
};

const formOfFlow: Readonly<Record<string, string>> = {
  customer_update: 'customer',
  payment_method_update: 'payment_method',
  subscription_cancel: 'cancel',
  subscription_update: 'update',
  subscription_update_confirm: 'confirm',
};

const closedTo = (visit: Visit, form: PortalForm): PageAnswer | undefined =>
  form.isOpen(visit)
    ? undefined
    : notice('Not here', 'This portal does not let customers do that.', { status: 403, link: visit.session.url });

const page = (visit: Visit, form: PortalForm, retry: Retry, status = 200) => {
  const back = openFlow(visit.session) === null ? visit.session.url : visit.session.return_url;
  const leave = back === null ? '' : `<p><a href="${escapeHtml(back)}">Go back without changing anything</a></p>`;
  const html = sandboxPage(form.title, `${errorAlert(retry.error)}${form.show(visit, retry)}${leave}`);
  return { kind: 'html' as const, status, html };
};

const home = (visit: Visit): PageAnswer => ({ kind: 'html', html: homePage(visit) });

/** https://docs.stripe.com/customer-management/portal-deep-links#customize-behavior-after-a-flow-is-complete */
const completed = ({ account, session }: Visit, flow: PortalFlow): PageAnswer => {
  account.update(portalSessions, account.require(portalSessions, session.id), { _isFlowDone: true });
  const { hosted_confirmation: confirmation, redirect, type } = flow.after_completion;
  if (type === 'redirect' && redirect !== null) return { kind: 'redirect', location: redirect.return_url };
  if (type !== 'hosted_confirmation') return { kind: 'redirect', location: session.url };
  const text = confirmation?.custom_message ?? 'Your change is made. You can close this page.';
  return notice('Done', text, { status: 200, link: session.return_url });
};

export const portalPages: NonNullable<Resource['pages']> = {
  'GET /p/session/:account/:token': show,
  'POST /p/session/:account/:token': submit,
};
