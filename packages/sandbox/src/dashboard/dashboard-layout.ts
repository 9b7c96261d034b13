import { sandboxPage } from '../pages/layout.js';
import type { DashboardPage, View } from './dashboard-page.js';
import { dashboardStyle } from './dashboard-style.js';
import type { Desk } from './desk.js';
import { type Html, html } from './html.js';

interface Section {
  /** The last part of its address; empty for the first page. */
  readonly path: string;
  readonly name: string;
}

const groups: readonly { readonly name: string; readonly sections: readonly Section[] }[] = [
  {
    name: 'Dashboard',
    sections: [
      { path: '', name: 'Account' },
      { path: 'keys', name: 'API keys' },
      { path: 'webhooks', name: 'Webhooks' },
      { path: 'products', name: 'Products' },
      { path: 'customers', name: 'Customers' },
      { path: 'subscriptions', name: 'Subscriptions' },
      { path: 'apps', name: 'Installed apps' },
      { path: 'requirements', name: 'Requirements' },
    ],
  },
  {
    name: 'Inspector',
    sections: [
      { path: 'objects', name: 'Objects' },
      { path: 'events', name: 'Events' },
      { path: 'requests', name: 'Requests' },
      { path: 'clock', name: 'Clock' },
      { path: 'faults', name: 'Faults' },
    ],
  },
];

/** A whole page: the band that says what this is, the menu, what came of the last form, and the page itself. */
export const dashboardDocument = (page: DashboardPage, view: View): string => {
  const done = page.actions?.[view.query.get('done') ?? '']?.done;
  const notice = view.refused === null && done !== undefined ? html`<p role="status">${done}</p>` : null;
  const body = html`${alertOf(view)}${notice}${page.body(view)}`;
  const above = html`<p class="place">${view.desk.accountId}, ${view.desk.account.record.livemode ? 'live (marked)' : 'test'} · <a href="/">all accounts</a></p>`;
  return sandboxPage(page.title(view), `${above.text}${body.text}`, {
    style: dashboardStyle,
    nav: menuOf(view.desk, page.section).text,
  });
};

const alertOf = ({ refused }: View): Html | null =>
  refused === null ? null : html`<p role="alert" tabindex="-1">${refused.message}</p>`;

const menuOf = (desk: Desk, current: string): Html => {
  const rows = groups.map(({ name, sections }) => {
    const links = sections.map((section) => {
      const path = section.path === '' ? desk.path() : desk.path(section.path);
      const mark = section.path === current ? html` aria-current="page"` : null;
      return html`<li><a href="${path}"${mark}>${section.name}</a></li>`;
    });
    return html`<ul aria-label="${name}"><li class="group" aria-hidden="true">${name}</li>${links}</ul>`;
  });
  return html`<a class="skip" href="#content">To the page</a><nav aria-label="Dashboard and inspector">${rows}</nav>`;
};
