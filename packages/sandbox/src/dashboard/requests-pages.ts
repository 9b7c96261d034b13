import { Refusal } from '../errors.js';
import type { RequestRecord } from '../request-log.js';
import type { DashboardPage } from './dashboard-page.js';
import { type Desk, shownMax } from './desk.js';
import { type Html, html } from './html.js';
import { copied, factsOf, linkOf, tableOf, timeOf } from './table.js';

export const requestsPage: DashboardPage = {
  section: 'requests',
  title: () => 'Requests',
  body: ({ desk }) => {
    const rows = desk.account.requests
      .latest(shownMax)
      .map((request) => [
        linkOf(desk.path('requests', request.id), `${request.method} ${request.url}`),
        statusOf(request),
        timeOf(request.at / 1000),
        noteOf(request),
      ]);
    return html`<p>The latest, by the machine’s clock. They are kept in memory alone.</p>
${tableOf('Requests', ['Request', 'Status', 'When', 'Note'], rows)}`;
  },
};

const statusOf = ({ status }: RequestRecord): Html =>
  html`<span class="state${status < 400 ? '' : ' bad'}">${status === 0 ? 'cut' : status}</span>`;

const noteOf = ({ fault, replayed }: RequestRecord): string =>
  [fault === null ? '' : `fault: ${fault}`, replayed ? 'replayed' : ''].filter((note) => note !== '').join(', ');

export const requestPage: DashboardPage = {
  section: 'requests',
  title: ({ desk, path }) => titleOf(requestOf(desk, path)),
  body: ({ desk, path }) => {
    const request = requestOf(desk, path);
    return html`${factsOf({
      Id: copied(request.id),
      Address: request.url,
      Status: statusOf(request),
      When: timeOf(request.at / 1000),
      Version: request.version,
      'Idempotency key': request.idempotencyKey ?? '',
      Note: noteOf(request),
    })}
<h2>Parameters</h2>
<p class="hint">Numbers of cards and secrets are not kept.</p>
${parametersOf(request.body)}
<h2>Answer</h2>
<pre tabindex="0">${indented(request.answer)}</pre>`;
  },
};

const titleOf = ({ method, url }: RequestRecord): string => `${method} ${url.split('?')[0] ?? ''}`;

const requestOf = (desk: Desk, path: Readonly<Record<string, string>>): RequestRecord => {
  const found = desk.account.requests.find(path.request ?? '');
  if (found !== undefined) return found;
  throw new Refusal(404, { type: 'invalid_request_error', message: 'This request is not in the log any more.' });
};

const parametersOf = (body: string): Html => {
  if (body === '') return html`<p class="none">None.</p>`;
  if (body.trimStart().startsWith('{')) return html`<pre tabindex="0">${indented(body)}</pre>`;
  return factsOf(Object.fromEntries(new URLSearchParams(body)));
};

const indented = (text: string): string => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
};
