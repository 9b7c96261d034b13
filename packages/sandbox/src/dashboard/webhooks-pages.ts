import { deliveries } from '../deliveries.js';
import { type WebhookEndpointObject, webhookEndpoints } from '../webhook-endpoint.js';
import type { DashboardPage } from './dashboard-page.js';
import { deliveryStateOf } from './delivery-state.js';
import type { Desk } from './desk.js';
import { filled, formOf } from './form.js';
import { html } from './html.js';
import { copied, factsOf, linkOf, revealed, tableOf } from './table.js';
import { endpointVersions, eventsIn, eventTicks } from './webhook-events.js';

export const webhooksPage: DashboardPage = {
  section: 'webhooks',
  title: () => 'Webhooks',
  body: ({ desk }) => {
    const rows = desk
      .latest(webhookEndpoints)
      .map((endpoint) => [
        linkOf(desk.path('webhooks', endpoint.id), endpoint.url),
        statusOf(endpoint),
        eventsText(endpoint),
        endpoint.api_version ?? 'the account’s',
      ]);
    return html`${tableOf('Webhook endpoints', ['Address', 'State', 'Events', 'Version'], rows)}
<p class="actions">${linkOf(desk.path('webhooks', 'new'), 'Add an endpoint')}</p>`;
  },
  actions: { remove: { done: 'The endpoint was deleted.', act: () => undefined } },
};

const statusOf = ({ status }: WebhookEndpointObject) =>
  html`<span class="state${status === 'enabled' ? '' : ' bad'}">${status}</span>`;

const eventsText = ({ enabled_events: events }: WebhookEndpointObject): string =>
  events.includes('*') ? 'all' : String(events.length);

export const newWebhookPage: DashboardPage = {
  section: 'webhooks',
  title: () => 'Add an endpoint',
  body: (view) => {
    const versions = Object.fromEntries(endpointVersions.toReversed().map((version) => [version, version]));
    return formOf(view, {
      action: 'add',
      button: 'Add endpoint',
      fields: [
        {
          name: 'url',
          label: 'Address',
          type: 'url',
          hint: 'Where events are posted, such as https://shop.example/webhooks',
        },
        { name: 'description', label: 'Description', required: false },
        {
          name: 'api_version',
          label: 'Version of the events',
          options: { '': "the account's", ...versions },
          required: false,
        },
        { name: 'connect', label: 'Events of connected accounts, and not of this one', isTick: true },
      ],
      more: eventTicks(view, 'add', []),
    });
  },
  actions: {
    add: {
      done: 'The endpoint was added. Its signing secret is below.',
      act: ({ desk, form }) => {
        const given = filled(form, ['url', 'description', 'api_version', 'connect']);
        const made = desk.api('POST', '/v1/webhook_endpoints', { ...given, ...eventsIn(form) });
        return `${desk.path('webhooks', String(made.id))}?done=add`;
      },
    },
  },
};

const secondsAfterRoll = { '0': 'at once', '3600': 'in an hour', '86400': 'in 24 hours' };

export const webhookPage: DashboardPage = {
  section: 'webhooks',
  title: () => 'Webhook endpoint',
  body: (view) => {
    const { desk, path } = view;
    const endpoint = endpointOf(desk, path);
    const isOn = endpoint.status === 'enabled';
    return html`${factsOf({
      Address: copied(endpoint.url),
      Id: copied(endpoint.id),
      State: statusOf(endpoint),
      'Signing secret': revealed('Reveal', endpoint._secret),
      Version: endpoint.api_version ?? "the account's",
      Events: endpoint.enabled_events.join(', '),
      Hears: endpoint._connect ? 'connected accounts' : 'this account',
      Description: endpoint.description ?? '',
    })}
<h2>Deliveries</h2>
${tableOf('Deliveries', ['Event', 'Type', 'State'], deliveryRows(desk, endpoint))}
<h2>Roll the signing secret</h2>
${formOf(view, { action: 'roll', button: 'Roll secret', fields: [{ name: 'expires_in_seconds', label: 'The old secret ends', options: secondsAfterRoll }] })}
<h2>${isOn ? 'Disable it' : 'Enable it'}</h2>
${formOf(view, { action: isOn ? 'disable' : 'enable', button: isOn ? 'Disable endpoint' : 'Enable endpoint' })}
<h2>Change its events</h2>
${formOf(view, { action: 'events', button: 'Save events', more: eventTicks(view, 'events', endpoint.enabled_events) })}
<h2>Delete it</h2>
${formOf(view, { action: 'remove', button: 'Delete endpoint', isFinal: true })}`;
  },
  actions: {
    add: { done: 'The endpoint was added.', act: () => undefined },
    roll: {
      done: 'The secret was rolled.',
      act: ({ desk, path, form }) => {
        const seconds = Number(form.get('expires_in_seconds') ?? 0);
        desk.control('POST', 'webhook_secrets', { endpoint: path.endpoint, expires_in_seconds: seconds });
        return undefined;
      },
    },
    disable: { done: 'It was disabled.', act: ({ desk, path }) => changed(desk, path, { disabled: 'true' }) },
    enable: { done: 'It was enabled.', act: ({ desk, path }) => changed(desk, path, { disabled: 'false' }) },
    events: { done: 'Its events were changed.', act: ({ desk, path, form }) => changed(desk, path, eventsIn(form)) },
    remove: {
      done: 'It was deleted.',
      act: ({ desk, path }) => {
        desk.api('DELETE', `/v1/webhook_endpoints/${encodeURIComponent(path.endpoint ?? '')}`);
        return `${desk.path('webhooks')}?done=remove`;
      },
    },
  },
};

const endpointOf = (desk: Desk, path: Readonly<Record<string, string>>): WebhookEndpointObject =>
  desk.work.require(webhookEndpoints, path.endpoint ?? '');

const changed = (desk: Desk, path: Readonly<Record<string, string>>, changes: Record<string, string>): undefined => {
  desk.api('POST', `/v1/webhook_endpoints/${encodeURIComponent(path.endpoint ?? '')}`, changes);
};

const deliveryRows = (desk: Desk, endpoint: WebhookEndpointObject) =>
  desk
    .latest(deliveries)
    .filter(({ targetId }) => targetId === endpoint.id)
    .map((delivery) => [
      linkOf(desk.path('events', delivery.event), delivery.event),
      delivery.eventType,
      deliveryStateOf(delivery),
    ]);
