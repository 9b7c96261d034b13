import type { View } from './dashboard-page.js';
import { type Html, html } from './html.js';

export interface Field {
  /** As the parameter is called that it becomes. */
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly value?: string;
  /** What can be chosen, by value; a line to type in when left out. */
  readonly options?: Readonly<Record<string, string>>;
  /** Something to be ticked. */
  readonly isTick?: true;
  /** A number, an address: what the browser is told of it. */
  readonly type?: string;
  readonly required?: boolean;
}

export interface Form {
  /** Which action of the page it is for; one of a page may stand there several times, with other hidden fields. */
  readonly action: string;
  readonly button: string;
  readonly fields?: readonly Field[];
  readonly hidden?: Readonly<Record<string, string>>;
  /** What it does cannot be taken back. */
  readonly isFinal?: true;
  /** Further fields. */
  readonly more?: Html;
}

/** A form of its own with fields below each other. What was typed stays when it is refused, and the mistake is named. */
export const formOf = (view: View, form: Form): Html => {
  const refused = view.refused?.action === form.action ? view.refused : null;
  const fields = (form.fields ?? []).map((field) => {
    const id = `${form.action}-${field.name}`.replaceAll(/[^a-z0-9]+/gi, '-');
    const value = refused === null ? (field.value ?? '') : (refused.form.get(field.name) ?? '');
    return fieldOf(field, { id, value, error: refused?.param === field.name ? refused.message : null });
  });
  return html`<form method="post" class="stacked">${hiddenFields(form)}${fields}${form.more ?? null}<p class="actions"><button${form.isFinal === true ? html` class="danger"` : null}>${form.button}</button></p></form>`;
};

/** A button alone, among others in a row; `about` says for those who hear the page what it is for. */
export const buttonOf = (form: Omit<Form, 'fields' | 'more'>, about: string): Html =>
  html`<form method="post" class="inline">${hiddenFields(form)}<button class="quiet" aria-label="${form.button} ${about}">${form.button}</button></form>`;

const hiddenFields = ({ action, hidden = {} }: Pick<Form, 'action' | 'hidden'>): Html[] =>
  Object.entries({ action, ...hidden }).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  );

interface Shown {
  readonly id: string;
  readonly value: string;
  readonly error: string | null;
}

const fieldOf = (field: Field, shown: Shown): Html => {
  const { id, value, error } = shown;
  if (field.isTick) {
    const mark = value === '' ? html`` : html` checked`;
    return html`<div class="field"><label class="tick" for="${id}"><input type="checkbox" id="${id}" name="${field.name}" value="true"${mark}> ${field.label}</label>${hintOf(field, id)}</div>`;
  }
  const notes = [field.hint === undefined ? '' : `${id}-hint`, error === null ? '' : `${id}-error`];
  const described = notes.filter((note) => note !== '').join(' ');
  const state = html`${described === '' ? null : html` aria-describedby="${described}"`}${error === null ? null : html` aria-invalid="true" autofocus`}${field.required === false ? null : html` required`}`;
  const input =
    field.options === undefined
      ? html`<input id="${id}" name="${field.name}" type="${field.type ?? 'text'}" value="${value}" autocomplete="off"${state}>`
      : html`<select id="${id}" name="${field.name}"${state}>${optionsOf(field.options, value)}</select>`;
  const note = error === null ? null : html`<p class="error" id="${id}-error">${error}</p>`;
  return html`<div class="field"><label for="${id}">${field.label}</label>${hintOf(field, id)}${input}${note}</div>`;
};

const hintOf = ({ hint }: Field, id: string): Html | null =>
  hint === undefined ? null : html`<p class="hint" id="${id}-hint">${hint}</p>`;

export const optionsOf = (options: Readonly<Record<string, string>>, chosen: string): Html[] =>
  Object.entries(options).map(
    ([value, label]) => html`<option value="${value}"${value === chosen ? html` selected` : null}>${label}</option>`,
  );

/** The named fields that were filled in, as parameters. */
export const filled = (form: URLSearchParams, names: readonly string[]): Record<string, string> => {
  const found: Record<string, string> = {};
  for (const name of names) {
    const value = form.get(name)?.trim() ?? '';
    if (value !== '') found[name] = value;
  }
  return found;
};
