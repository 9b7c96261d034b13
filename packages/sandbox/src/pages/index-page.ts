import type { Core } from '../core.js';
import { escapeHtml, sandboxPage } from './layout.js';

const accountsShownMax = 50;

/** What is at the sandbox's own address: what it is, and where to look. */
export const indexPage = (core: Core): string => {
  const accounts = [...core.accounts.values()].slice(-accountsShownMax).reverse();
  const rows = accounts.map((account) => {
    const { id, livemode } = account.record;
    const links = ['requests', 'events', 'deliveries', 'objects'].map(
      (noun) => `<a href="/_sandbox/${noun}?account=${id}">${noun}</a>`,
    );
    const now = new Date(account.nowMs(core.options.now())).toISOString();
    return `<tr><td>${escapeHtml(id)}</td><td>${livemode ? 'live (marked)' : 'test'}</td><td>${now}</td><td>${links.join(' ')}</td></tr>`;
  });
  return sandboxPage(
    'A sandbox in place of Stripe',
    `<p>It answers the Stripe API at <code>${escapeHtml(core.baseUrl)}</code> for any <code>sk_test_…</code> key; each key has an account of its own.</p>
<h2>Accounts</h2>
${rows.length === 0 ? '<p>None yet: the first request with a key opens one.</p>' : `<table><tr><th>Account</th><th>Mode</th><th>Its time</th><th>Look at</th></tr>${rows.join('')}</table>`}
<h2>Faults</h2>
<p>${core.faults.list().length} active. <a href="/_sandbox/faults">As JSON</a>; add one with <code>POST /_sandbox/faults</code>.</p>`,
  );
};
