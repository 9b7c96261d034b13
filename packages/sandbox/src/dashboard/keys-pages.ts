import { contract } from '../contract/contract.js';
import { Refusal } from '../errors.js';
import { keysOf, type ShownKey } from '../key-changes.js';
import { permissionOf } from '../permissions.js';
import type { DashboardPage, View } from './dashboard-page.js';
import type { Desk } from './desk.js';
import { filled, formOf, optionsOf } from './form.js';
import { type Html, html } from './html.js';
import { copied, factsOf, linkOf, tableOf, timeOf } from './table.js';

/** Every right that an operation of the API asks for. */
const permissionNames = [
  ...new Set(
    Object.keys(contract.operations)
      .map((operation) => operation.split(' ')[1] ?? '')
      .filter((path) => /^\/v[12]\//.test(path))
      .map(permissionOf),
  ),
].sort();

const rights = { none: 'None', read: 'Read', write: 'Write' };

export const keysPage: DashboardPage = {
  section: 'keys',
  title: () => 'API keys',
  body: (view) => {
    const rows = keysOf(view.desk.account, view.desk.now).map((key) => [
      linkOf(view.desk.path('keys', key.key), key.name),
      copied(key.key),
      rightsText(key),
      stateOf(key),
    ]);
    return html`${tableOf('API keys', ['Name', 'Key', 'Rights', 'State'], rows)}
<h2>Create a restricted key</h2>
${formOf(view, {
  action: 'create',
  button: 'Create key',
  fields: [{ name: 'name', label: 'Name of the key' }],
  more: rightsFields(view, 'create', {}),
})}`;
  },
  actions: {
    create: {
      done: 'The key was created. It stands last in the list.',
      act: ({ desk, form }) => {
        const permissions = permissionsIn(form);
        desk.control('POST', 'keys', { kind: 'restricted', name: form.get('name') ?? '', permissions });
        return undefined;
      },
    },
  },
};

const rightsText = ({ kind, permissions }: ShownKey): string => {
  if (kind === 'publishable') return 'What a browser may do';
  if (permissions === null) return 'All';
  const granted = Object.entries(permissions).filter(([, right]) => right !== 'none');
  return granted.map(([name, right]) => `${name}: ${right}`).join(', ') || 'None';
};

const stateOf = (key: ShownKey): Html => {
  if (key.revoked) return html`<span class="state bad">ended</span>`;
  if (key.expires_at === null) return html`<span class="state">active</span>`;
  return html`<span class="state bad">ends</span> ${timeOf(key.expires_at)}`;
};

const rightsFields = (view: View, action: string, given: Readonly<Record<string, string>>): Html => {
  const typed = view.refused?.action === action ? view.refused.form : null;
  const fields = permissionNames.map((name) => {
    const chosen = typed?.get(`permissions[${name}]`) ?? given[name] ?? 'none';
    return html`<div><label for="right-${name}">${name.replaceAll('_', ' ')}</label><select id="right-${name}" name="permissions[${name}]">${optionsOf(rights, chosen)}</select></div>`;
  });
  return html`<fieldset class="field"><legend>Rights</legend><div class="rights">${fields}</div></fieldset>`;
};

/** What is left at "none" is left out: that is what it means. */
const permissionsIn = (form: URLSearchParams): Record<string, string> => {
  const given: Record<string, string> = {};
  for (const name of permissionNames) {
    const right = form.get(`permissions[${name}]`) ?? 'none';
    if (right !== 'none') given[name] = right;
  }
  return given;
};

const expiries = {
  '0': 'now',
  '3600': 'in an hour',
  '86400': 'in 24 hours',
  '259200': 'in 3 days',
  '604800': 'in 7 days',
};

export const keyPage: DashboardPage = {
  section: 'keys',
  title: (view) => keyOf(view.desk, view.path).name,
  body: (view) => {
    const key = keyOf(view.desk, view.path);
    const facts = factsOf({ Key: copied(key.key), Rights: rightsText(key), State: stateOf(key) });
    if (key.revoked) return facts;
    return html`${facts}
${key.kind === 'restricted' ? rightsOf(view, key) : null}
<h2>Roll it</h2>
<p>Another key with the same rights takes its place.</p>
${formOf(view, {
  action: 'roll',
  button: 'Roll key',
  fields: [{ name: 'expires_in_seconds', label: 'The old key ends', options: expiries }],
})}
<h2>Revoke it</h2>
<p>Whoever uses it is refused from the next request on.</p>
${formOf(view, { action: 'revoke', button: 'Revoke key', isFinal: true })}`;
  },
  actions: {
    restrict: {
      done: 'Its rights were changed.',
      act: ({ desk, path, form }) => {
        desk.control('POST', 'keys', { key: keyOf(desk, path).key, permissions: permissionsIn(form) });
        return undefined;
      },
    },
    roll: {
      done: 'It was rolled: this key takes the place of the old one.',
      act: ({ desk, path, form }) => {
        const seconds = Number(filled(form, ['expires_in_seconds']).expires_in_seconds ?? 0);
        const fields = { key: keyOf(desk, path).key, expires_in_seconds: seconds };
        const made = desk.control('POST', 'rolled_keys', fields);
        return `${desk.path('keys', String(made.key))}?done=roll`;
      },
    },
    revoke: {
      done: 'It was revoked.',
      act: ({ desk, path }) => {
        desk.control('POST', 'keys', { key: keyOf(desk, path).key, revoked: true });
        return undefined;
      },
    },
  },
};

const rightsOf = (view: View, key: ShownKey): Html => html`<h2>Its rights</h2>
${formOf(view, { action: 'restrict', button: 'Save rights', more: rightsFields(view, 'restrict', rightsBefore(key)) })}`;

/** One that nothing was set for may do everything. */
const rightsBefore = ({ permissions }: ShownKey): Readonly<Record<string, string>> =>
  permissions ?? Object.fromEntries(permissionNames.map((name) => [name, 'write']));

/** Of this account: another's keys are not to be seen or changed here. */
const keyOf = (desk: Desk, path: Readonly<Record<string, string>>): ShownKey => {
  const found = keysOf(desk.account, desk.now).find(({ key }) => key === path.key);
  if (found !== undefined) return found;
  throw new Refusal(404, { type: 'invalid_request_error', message: 'The account has no such key.' });
};
