import type { Account } from '../account.js';
import type { Core } from '../core.js';
import { escapeHtml, sandboxPage } from './layout.js';

const accountsShownMax = 50;

/** What is at the sandbox's own address: what it is, and where to look. */
export const indexPage = (core: Core): string => {
  const accounts = [...core.accounts.values()].slice(-accountsShownMax).reverse();
  const rows = accounts.map((account) => accountRow(account, core.options.now()));
  return sandboxPage(
    'A sandbox in place of Stripe',
    `<p>It answers the Stripe API at <code>${escapeHtml(core.baseUrl)}</code> for any <code>sk_test_…</code> key; each key has an account of its own.</p>
<h2>Accounts</h2>
${rows.length === 0 ? '<p>None yet: the first request with a key opens one.</p>' : `<ul class="accounts">${rows.join('')}</ul>`}
<h2>Faults</h2>
<p>${core.faults.list().length} active. They are added and removed in the dashboard of an account, or by <code>/_sandbox/faults</code>.</p>`,
  );
};

const accountRow = (account: Account, nowMs: number): string => {
  const id = escapeHtml(account.record.id);
  const links = ['Dashboard', 'Events', 'Requests', 'Objects'].map((name) => {
    const page = name === 'Dashboard' ? '' : `/${name.toLowerCase()}`;
    return `<a href="/dashboard/${id}${page}" aria-label="${name} of ${id}">${name}</a>`;
  });
  const time = new Date(account.nowMs(nowMs)).toISOString();
  return `<li><strong>${id}</strong> ${account.record.livemode ? 'live (marked)' : 'test'}, its time is <time>${time}</time>
<span class="links">${links.join(' ')}</span></li>`;
};
