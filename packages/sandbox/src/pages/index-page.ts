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
<p>${core.faults.list().length} active. <a href="/_sandbox/faults">As JSON</a>; add one with <code>POST /_sandbox/faults</code>.</p>`,
  );
};

const accountRow = (account: Account, nowMs: number): string => {
  const { id, livemode } = account.record;
  const links = ['requests', 'events', 'deliveries', 'objects'].map(
    (noun) => `<a href="/_sandbox/${noun}?account=${id}" aria-label="${noun} of ${id}">${noun}</a>`,
  );
  const time = new Date(account.nowMs(nowMs)).toISOString();
  return `<li><strong>${escapeHtml(id)}</strong> ${livemode ? 'live (marked)' : 'test'}, its time is <time>${time}</time>
<span class="links">${links.join(' ')}</span></li>`;
};
