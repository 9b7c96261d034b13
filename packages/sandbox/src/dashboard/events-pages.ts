import { deliveries } from '../deliveries.js';
import { type EventObject, events } from '../events.js';
import { webhookEndpoints } from '../webhook-endpoint.js';
import type { DashboardPage } from './dashboard-page.js';
import { deliveryStateOf } from './delivery-state.js';
import type { Desk } from './desk.js';
import { buttonOf } from './form.js';
import { type Html, html } from './html.js';
import { copied, factsOf, jsonOf, linkOf, tableOf, timeOf } from './table.js';

export const eventsPage: DashboardPage = {
  section: 'events',
  title: () => 'Events',
  body: ({ desk }) => {
    const rows = desk
      .latest(events)
      .map((event) => [
        linkOf(desk.path('events', event.id), event.type),
        objectOf(event),
        timeOf(event.created),
        deliveriesText(desk, event),
      ]);
    return tableOf('Events', ['Type', 'Object', 'When', 'Deliveries'], rows);
  },
};

const objectOf = ({ data }: EventObject): Html => copied(String(data.object.id ?? ''));

/** "2 succeeded, 1 pending". */
const deliveriesText = (desk: Desk, event: EventObject): string => {
  const counts = new Map<string, number>();
  for (const { status } of desk.work.where(deliveries, 'event', event.id)) {
    counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  return [...counts].map(([status, count]) => `${count} ${status}`).join(', ') || 'none';
};

export const eventPage: DashboardPage = {
  section: 'events',
  title: ({ desk, path }) => eventOf(desk, path).type,
  body: ({ desk, path }) => {
    const event = eventOf(desk, path);
    const sent = desk.work.where(deliveries, 'event', event.id);
    const rows = sent.map((delivery) => [
      delivery.target === 'listener'
        ? 'stripe listen'
        : linkOf(desk.path('webhooks', delivery.targetId), delivery.targetId),
      delivery.payload,
      deliveryStateOf(delivery),
    ]);
    return html`${factsOf({ Id: copied(event.id), When: timeOf(event.created), Object: objectOf(event), Version: event.api_version })}
<h2>Deliveries</h2>
${tableOf('Deliveries', ['To', 'As', 'State'], rows)}
<h3>Send it again</h3>
${resendButtons(desk)}
<h2>The event</h2>
${jsonOf(desk.shown(event))}`;
  },
  actions: {
    resend: {
      done: 'It is sent again.',
      act: ({ desk, path, form }) => {
        const endpoint = form.get('webhook_endpoint');
        const params: Record<string, string> =
          endpoint === null ? { for_stripecli: 'true' } : { webhook_endpoint: endpoint };
        desk.api('POST', `/v1/events/${encodeURIComponent(path.event ?? '')}/retry`, params);
        return undefined;
      },
    },
  },
};

const eventOf = (desk: Desk, path: Readonly<Record<string, string>>): EventObject =>
  desk.work.require(events, path.event ?? '');

const resendButtons = (desk: Desk): Html => {
  const buttons = desk
    .latest(webhookEndpoints)
    .map(({ id, url }) =>
      buttonOf({ action: 'resend', button: `Resend to ${url}`, hidden: { webhook_endpoint: id } }, id),
    );
  const hasListeners = desk.work.listeners.ids.length > 0;
  const listen = hasListeners ? buttonOf({ action: 'resend', button: 'Resend to stripe listen' }, '') : null;
  if (buttons.length === 0 && !hasListeners) return html`<p class="none">Nobody is there to take it.</p>`;
  return html`<div>${buttons}${listen}</div>`;
};
