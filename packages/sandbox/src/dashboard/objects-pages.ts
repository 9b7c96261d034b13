import type { StoredObject } from '../collection.js';
import { Refusal } from '../errors.js';
import type { DashboardPage } from './dashboard-page.js';
import type { Desk } from './desk.js';
import { type Html, html } from './html.js';
import { copied, jsonOf, linkOf, tableOf, timeOf } from './table.js';

/** What begins with a line is the sandbox's own and no object of Stripe's. */
const typesOf = (desk: Desk): string[] =>
  desk.account.store
    .types()
    .filter((type) => !type.startsWith('_'))
    .sort();

export const objectsPage: DashboardPage = {
  section: 'objects',
  title: () => 'Objects',
  body: ({ desk, query }) => {
    const rows = typesOf(desk).map((type) => [
      linkOf(desk.path('objects', type), type),
      String(desk.account.store.count(type)),
    ]);
    const id = query.get('id') ?? '';
    return html`<form method="get" class="stacked"><div class="field"><label for="id">Find an object by its id</label><input id="id" name="id" value="${id}" autocomplete="off" required></div><p class="actions"><button>Find</button></p></form>
${id === '' ? null : foundOf(desk, id)}
${tableOf('Objects', ['Type', 'How many'], rows)}`;
  },
};

const foundOf = (desk: Desk, id: string): Html => {
  const types = typesOf(desk).filter((type) => desk.account.store.get(type, id) !== undefined);
  if (types.length === 0) return html`<p role="status">Nothing has the id ${id}.</p>`;
  return html`<p role="status">Found: ${types.map((type) => linkOf(desk.path('objects', type, id), `${type} ${id}`))}</p>`;
};

export const objectsOfTypePage: DashboardPage = {
  section: 'objects',
  title: ({ path }) => `Objects: ${path.type ?? ''}`,
  body: ({ desk, path }) => {
    const type = knownType(desk, path);
    const rows = desk
      .latestOf(type)
      .map((object) => [
        linkOf(desk.path('objects', type, object.id), object.id),
        createdOf(object),
        String((object as { status?: unknown }).status ?? ''),
      ]);
    return html`<p>The latest ${rows.length} of ${desk.account.store.count(type)}.</p>
${tableOf(type, ['Id', 'Created', 'Status'], rows)}`;
  },
};

const createdOf = (object: StoredObject): Html | string => {
  const { created } = object as { created?: unknown };
  return typeof created === 'number' ? timeOf(created) : String(created ?? '');
};

const knownType = (desk: Desk, { type = '' }: Readonly<Record<string, string>>): string => {
  if (typesOf(desk).includes(type)) return type;
  throw new Refusal(404, { type: 'invalid_request_error', message: 'The account has no objects of this type.' });
};

export const objectPage: DashboardPage = {
  section: 'objects',
  title: ({ path }) => `${path.type ?? ''}`,
  body: ({ desk, path }) => {
    const type = knownType(desk, path);
    const object = desk.account.store.get(type, path.id ?? '');
    if (object === undefined) {
      throw new Refusal(404, { type: 'invalid_request_error', message: 'The account has no such object.' });
    }
    return html`<p>${copied(object.id)} as the API shows it.</p>${jsonOf(desk.shown(object))}`;
  },
};
