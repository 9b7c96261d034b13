import { contract, type Schema } from '../contract/contract.js';
import type { View } from './dashboard-page.js';
import { type Html, html } from './html.js';

const valuesOf = (schema: Schema | undefined): readonly string[] => {
  if (typeof schema !== 'object') return [];
  if ('e' in schema) return schema.e.map(String);
  return 'a' in schema ? valuesOf(schema.a) : [];
};

const params = contract.types.WebhookEndpointCreateParams?.f ?? {};

/** What an endpoint may ask for, as Stripe lists it; by the noun an event begins with. */
const eventTypes = valuesOf(params.enabled_events).filter((type) => type !== '*');

const byNoun = new Map<string, string[]>();
for (const type of eventTypes) {
  const noun = type.split('.')[0] ?? '';
  byNoun.set(noun, [...(byNoun.get(noun) ?? []), type]);
}

export const endpointVersions: readonly string[] = valuesOf(params.api_version);

/** Every event with a box to tick, the ones that are chosen in view. */
export const eventTicks = (view: View, action: string, given: readonly string[]): Html => {
  const chosen = view.refused?.action === action ? view.refused.form.getAll('enabled_events') : given;
  const tick = (type: string, label = type): Html =>
    html`<label class="tick"><input type="checkbox" name="enabled_events" value="${type}"${chosen.includes(type) ? html` checked` : null}> ${label}</label>`;
  const groups = [...byNoun].map(([noun, types]) => {
    const count = types.filter((type) => chosen.includes(type)).length;
    const open = count === 0 ? null : html` open`;
    const ticks = types.map((type) => tick(type));
    return html`<details${open}><summary>${noun} (${count} of ${types.length})</summary><div class="ticks">${ticks}</div></details>`;
  });
  return html`<fieldset class="field"><legend>Events to send</legend>${tick('*', 'All events')}${groups}</fieldset>`;
};

/** As the API takes a list: enabled_events[0], enabled_events[1], … */
export const eventsIn = (form: URLSearchParams): Record<string, string> =>
  Object.fromEntries(form.getAll('enabled_events').map((type, position) => [`enabled_events[${position}]`, type]));
