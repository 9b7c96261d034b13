import { htmlAnswer, type SandboxAnswer, type SandboxRequest } from './answer.js';
import type { Core } from './core.js';
import { noCause } from './engine.js';
import { Refusal } from './errors.js';
import { isForeign } from './foreign-origin.js';
import type { PageAnswer } from './operation.js';
import { escapeHtml, sandboxPage } from './pages/layout.js';

/** Answers a hosted page, undefined when no page has this address. */
export const handlePage = (core: Core, request: SandboxRequest): SandboxAnswer | undefined => {
  const [path = '', query = ''] = request.url.split('?', 2);
  const found = core.pages.find(request.method, path);
  if (found === undefined) return undefined;
  if (request.method !== 'GET' && isForeign(request.headers)) {
    const message =
      'This form was sent by a page of another origin. Nothing was done: open the page and send its own form.';
    return htmlAnswer(403, sandboxPage('Not possible', `<p>${message}</p>`));
  }
  const search = new URLSearchParams(query);
  const account =
    found.path.account === undefined
      ? core.accountOfApplication(search.get('client_id') ?? '')
      : core.accounts.get(found.path.account);
  if (account === undefined) return notFound('This page belongs to an account the sandbox does not know.');
  const form = new URLSearchParams(request.method === 'POST' ? request.body : '');
  let answer: PageAnswer | undefined;
  try {
    core.tickAccount(account);
    core.transact(account, noCause, (work) => {
      answer = found.value(work, { path: found.path, query: search, form });
      if (answer.kind === 'html' && answer.isUndone === true) throw new Undoing();
    });
  } catch (error) {
    if (error instanceof Undoing && answer !== undefined) return pageAnswer(answer);
    if (error instanceof Refusal)
      return htmlAnswer(error.status, sandboxPage('Not possible', `<p>${escapeHtml(error.body.message)}</p>`));
    throw error;
  }
  return answer === undefined ? undefined : pageAnswer(answer);
};

/** Undoes what a page wrote that answers nevertheless. */
class Undoing extends Error {}

const notFound = (message: string): SandboxAnswer => htmlAnswer(404, sandboxPage('Not found', `<p>${message}</p>`));

const pageAnswer = (answer: PageAnswer): SandboxAnswer => {
  if (answer.kind === 'html') return htmlAnswer(answer.status ?? 200, answer.html);
  return { kind: 'response', status: 303, headers: { location: answer.location }, body: '', delayMs: 0 };
};
