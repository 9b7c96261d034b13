import { type Html, html, type Part } from './html.js';

/** Rows under their headings, the first cell of each being its name; what is too wide is scrolled, by keyboard too. */
export const tableOf = (label: string, headings: readonly string[], rows: readonly (readonly Part[])[]): Html => {
  if (rows.length === 0) return html`<p class="none">None yet.</p>`;
  const heads = headings.map((heading) => html`<th scope="col">${heading}</th>`);
  const lines = rows.map(([first, ...others]) => {
    const cells = others.map((cell, position) => cellOf(cell, headings[position + 1] ?? ''));
    return html`<tr><th scope="row">${first ?? null}</th>${cells}</tr>`;
  });
  return html`<div class="wide" role="region" aria-label="${label}" tabindex="0"><table><thead><tr>${heads}</tr></thead><tbody>${lines}</tbody></table></div>`;
};

/** Where there is no room for columns, each cell says what it is; an empty one is not shown there. */
const cellOf = (cell: Part, heading: string): Html =>
  cell === '' || cell === null ? html`<td></td>` : html`<td data-name="${heading}">${cell}</td>`;

/** Names with what they are; what is empty is left out. */
export const factsOf = (facts: Readonly<Record<string, Part>>): Html => {
  const entries = Object.entries(facts)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`);
  return html`<dl>${entries}</dl>`;
};

/** Something to be copied: one click marks all of it. */
export const copied = (text: string): Html => html`<code class="copied">${text}</code>`;

/** Shown when it is asked for, without a script. */
export const revealed = (name: string, text: string): Html =>
  html`<details><summary>${name}</summary>${copied(text)}</details>`;

export const jsonOf = (value: unknown): Html => html`<pre tabindex="0">${JSON.stringify(value, null, 2)}</pre>`;

export const linkOf = (path: string, text: string): Html => html`<a href="${path}">${text}</a>`;

/** Seconds as a time people read. */
export const timeOf = (seconds: number): Html => {
  const iso = new Date(seconds * 1000).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 19).replace('T', ' ')}</time>`;
};
