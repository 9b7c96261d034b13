import { htmlAnswer, type SandboxAnswer, type SandboxRequest } from '../answer.js';
import type { Core } from '../core.js';
import { Refusal } from '../errors.js';
import { isForeign } from '../foreign-origin.js';
import { escapeHtml, sandboxPage } from '../pages/layout.js';
import { type Found, Router } from '../router.js';
import { dashboardDocument } from './dashboard-layout.js';
import type { DashboardPage, Refused, View } from './dashboard-page.js';
import { Desk } from './desk.js';
import { dashboardPages } from './pages.js';

const router = new Router<DashboardPage>();
for (const [path, page] of Object.entries(dashboardPages)) router.add(`GET /dashboard/:account${path}`, page);

/** Answers what is below /dashboard: looks by GET, and a POST of a page's own form does one thing and leads back to it. */
export const handleDashboard = (core: Core, request: SandboxRequest): SandboxAnswer => {
  const [path = '', query = ''] = request.url.split('?', 2);
  const found = router.find('GET', path);
  const account = core.accounts.get(found?.path.account ?? '');
  if (found === undefined || account === undefined) return plainPage(404, 'Not found', 'Nothing is at this address.');
  core.tickAccount(account);
  const view = { desk: new Desk(core, account), path: found.path, query: new URLSearchParams(query), refused: null };
  if (request.method === 'GET') return look(found.value, view);
  if (request.method !== 'POST')
    return plainPage(405, 'Not possible', 'Pages are looked at, and their forms are sent.');
  if (isForeign(request.headers)) {
    return plainPage(403, 'Not possible', 'This form was sent by a page of another origin. Nothing was done.');
  }
  return act(found, view, { path, form: new URLSearchParams(request.body) });
};

const look = (page: DashboardPage, view: View, status = 200): SandboxAnswer => {
  try {
    return dashboardAnswer(status, dashboardDocument(page, view));
  } catch (error) {
    if (error instanceof Refusal) return plainPage(error.status, 'Not found', error.body.message);
    throw error;
  }
};

interface Sent {
  readonly path: string;
  readonly form: URLSearchParams;
}

const act = ({ value: page }: Found<DashboardPage>, view: View, { path, form }: Sent): SandboxAnswer => {
  const name = form.get('action') ?? '';
  const action = Object.hasOwn(page.actions ?? {}, name) ? page.actions?.[name] : undefined;
  if (action === undefined) return plainPage(400, 'Not possible', 'This page has no such action.');
  try {
    const onward = action.act({ desk: view.desk, path: view.path, form });
    const location = onward ?? `${path}?done=${encodeURIComponent(name)}`;
    return { kind: 'response', status: 303, headers: { location }, body: '', delayMs: 0 };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { message, param = null } = error.body;
    const refused: Refused = { action: name, form, message, param };
    return look(page, { ...view, refused }, error.status);
  }
};

const plainPage = (status: number, title: string, message: string): SandboxAnswer =>
  htmlAnswer(status, sandboxPage(title, `<p>${escapeHtml(message)} <a href="/">All accounts</a></p>`));

/** Its forms go to itself alone. */
const dashboardAnswer = (status: number, text: string): SandboxAnswer => {
  const answer = htmlAnswer(status, text);
  if (answer.kind !== 'response') return answer;
  const policy = (answer.headers['content-security-policy'] ?? '').replace('form-action *', "form-action 'self'");
  const headers = { ...answer.headers, 'content-security-policy': policy };
  return { ...answer, headers: { ...headers, 'cache-control': 'no-store' } };
};
