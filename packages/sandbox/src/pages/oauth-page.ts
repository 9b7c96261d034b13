import { applicationSettings } from '../application.js';
import { accountStateOf } from '../connect/account-state.js';
import { putCode, type Scope } from '../connect/oauth-grant.js';
import type { PageAnswer, PageRequest, Resource } from '../operation.js';
import type { Work } from '../work.js';
import { escapeHtml, sandboxPage } from './layout.js';

interface Asked {
  readonly redirectUri: string;
  readonly scope: Scope;
}

/** What was asked for, or the answer to somebody who may not ask. The work is the platform's. */
const askedIn = (work: Work, { query }: PageRequest): Asked | PageAnswer => {
  const { redirectUris } = applicationSettings(work);
  const redirectUri = query.get('redirect_uri') ?? redirectUris[0];
  // Nobody is sent to an address that the platform did not name before.
  if (redirectUri === undefined || !redirectUris.includes(redirectUri)) return unknownRedirect(redirectUri ?? '');
  if (query.get('response_type') !== 'code') {
    return back(redirectUri, query, {
      error: 'unsupported_response_type',
      error_description: 'Only code is supported.',
    });
  }
  const scope = query.get('scope') ?? 'read_only';
  if (scope === 'read_only' || scope === 'read_write') return { redirectUri, scope };
  return back(redirectUri, query, { error: 'invalid_scope', error_description: `Invalid scope: ${scope}` });
};

const unknownRedirect = (uri: string): PageAnswer =>
  page(
    'This redirect address is not registered',
    `<p>Invalid redirect URI: <code>${escapeHtml(uri)}</code>. It must be exactly one of those in the application's settings (<code>POST /_sandbox/applications</code>).</p>`,
    400,
  );

const page = (title: string, body: string, status = 200): PageAnswer => ({
  kind: 'html',
  status,
  html: sandboxPage(title, body),
});

/** Back to the platform, with its state as it came. */
const back = (uri: string, query: URLSearchParams, facts: Readonly<Record<string, string>>): PageAnswer => {
  const location = new URL(uri);
  for (const [name, value] of Object.entries(facts)) location.searchParams.set(name, value);
  const state = query.get('state');
  if (state !== null) location.searchParams.set('state', state);
  return { kind: 'redirect', location: String(location) };
};

const showConsent = (work: Work, request: PageRequest): PageAnswer => {
  const asked = askedIn(work, request);
  return 'kind' in asked ? asked : consentPage(work, asked, null);
};

const consentPage = (work: Work, { scope }: Asked, error: string | null, status = 200): PageAnswer => {
  const name = escapeHtml(applicationSettings(work).name);
  const alert = error === null ? '' : `<p role="alert" tabindex="-1" autofocus>${escapeHtml(error)}</p>`;
  const options = work.otherAccountIds.slice(0, accountsShownMax).map((id) => {
    const email = String(accountOf(work, id)?.fields.contact_email ?? '');
    return `<option value="${id}">${id} (${escapeHtml(email)})</option>`;
  });
  const allows = scope === 'read_write' ? 'see and change everything in it' : 'see everything in it';
  return page(
    `${applicationSettings(work).name} wants to connect to your account`,
    `${alert}<p><strong>${name}</strong> will be able to ${allows} until you take it back.</p>
<form method="post">
<div class="field"><label for="account">Your account</label>
<select id="account" name="account">${options.join('')}<option value="new">A new account</option></select></div>
<fieldset class="field"><legend>You are signed in as its</legend>
<label><input type="radio" name="role" value="administrator" checked> administrator</label>
<label><input type="radio" name="role" value="analyst"> analyst</label></fieldset>
<p class="actions"><button name="decision" value="allow">Connect</button> <button class="quiet" name="decision" value="deny">Deny</button></p>
</form>`,
    status,
  );
};

const accountsShownMax = 50;

const accountOf = (work: Work, id: string) => {
  const account = work.otherAccountIds.includes(id) ? work.inAccount(id) : undefined;
  return account === undefined ? undefined : accountStateOf(account);
};

const answerConsent = (work: Work, request: PageRequest): PageAnswer => {
  const asked = askedIn(work, request);
  if ('kind' in asked) return asked;
  const { form, query } = request;
  if (form.get('decision') === 'deny') {
    return back(asked.redirectUri, query, {
      error: 'access_denied',
      error_description: 'The user denied your request',
    });
  }
  if (form.get('decision') !== 'allow') return consentPage(work, asked, 'Choose to connect or to deny.', 400);
  if ((form.get('role') ?? 'administrator') !== 'administrator') {
    return consentPage(work, asked, 'Only an administrator of the account can connect it.', 403);
  }
  return grant(work, asked, request);
};

/** https://docs.stripe.com/connect/oauth-changes-for-standard-platforms: what a platform controls is no other's to write. */
const grant = (work: Work, asked: Asked, { form, query }: PageRequest): PageAnswer => {
  const id = form.get('account') ?? '';
  const chosen = id === 'new' ? accountStateOf(work.openAccount()) : accountOf(work, id);
  if (chosen === undefined) return consentPage(work, asked, 'The sandbox does not know this account.', 400);
  const isOthers = chosen.platform !== null && chosen.platform !== work.account.id;
  if (chosen.closed || (isOthers && asked.scope === 'read_write')) {
    const why = chosen.closed ? 'This account is closed.' : 'This account is controlled by another platform.';
    return consentPage(work, asked, why, 403);
  }
  const code = putCode(work, chosen.id, asked.scope);
  return back(asked.redirectUri, query, { scope: asked.scope, code: code.id });
};

export const oauthPageResource: Resource = {
  collections: [],
  operations: {},
  pages: { 'GET /oauth/authorize': showConsent, 'POST /oauth/authorize': answerConsent },
};
