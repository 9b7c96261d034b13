import { beforeAll, describe, expect, it } from 'vitest';
import { createSandbox } from '../sandbox.js';
import { seeded } from '../testing/running-sandbox.js';
import { latestVersion } from '../versions.js';
import { notificationMisfits, snapshotMisfits } from './event-check.js';

/** The check of events is tried at events that fit, each spoilt in one way. */

interface Pushed {
  readonly api_version: string;
  readonly data: { readonly object: Record<string, unknown>; readonly previous_attributes?: Record<string, unknown> };
}

const key = 'sk_test_spoiltevents';
const startMs = Date.UTC(2030, 0, 1);
let made: Pushed;
let changed: Pushed;
let older: Pushed;
let thin: Record<string, unknown>;

beforeAll(() => {
  const sandbox = createSandbox({ now: () => startMs, random: seeded(1) });
  const authorization = `Bearer ${key}`;
  const post = (url: string, body: string, headers = {}): string => {
    const answer = sandbox.handle({ method: 'POST', url, headers: { authorization, ...headers }, body });
    if (answer.kind === 'cut' || answer.status !== 200) throw new Error(JSON.stringify(answer));
    return String((JSON.parse(answer.body) as { id?: unknown }).id);
  };
  const hook = 'url=http://127.0.0.1:9/&enabled_events[0]=customer.created&enabled_events[1]=customer.updated';
  post('/v1/webhook_endpoints', `${hook}&api_version=${latestVersion}`);
  const discounts = 'url=http://127.0.0.1:9/&enabled_events[0]=customer.discount.created';
  post('/v1/webhook_endpoints', `${discounts}&api_version=2025-08-27.basil`);
  const destination = {
    name: 'Thin',
    type: 'webhook_endpoint',
    event_payload: 'thin',
    enabled_events: ['v1.customer.created'],
    webhook_endpoint: { url: 'http://127.0.0.1:9/' },
  };
  post('/v2/core/event_destinations', JSON.stringify(destination), { 'content-type': 'application/json' });
  const customer = post('/v1/customers', 'name=Old&metadata[kept]=1&metadata[changed]=1');
  post(`/v1/customers/${customer}`, 'name=New&metadata[changed]=2&metadata[added]=3');
  const coupon = post('/v1/coupons', 'percent_off=10&duration=forever');
  post(`/v1/customers/${customer}`, `coupon=${coupon}`, { 'stripe-version': '2025-02-24.acacia' });
  const posts = sandbox.deliveries.due(startMs);
  const pushed = <T>(type: string): T => JSON.parse(posts.find(({ eventType }) => eventType === type)?.body ?? '') as T;
  made = pushed('customer.created');
  changed = pushed('customer.updated');
  older = pushed('customer.discount.created');
  thin = pushed('v1.customer.created');
});

describe('an event that is pushed does not fit', () => {
  const shown = (event: Pushed, changes: object): Pushed => ({
    ...event,
    data: { ...event.data, object: { ...event.data.object, ...changes } },
  });

  it.each([
    ['when a field of its object is missing', { email: undefined }, ['the event.data.object.email is missing']],
    [
      'when its object has one that Stripe does not know',
      { colour: 'red' },
      ['the event.data.object.colour is no field'],
    ],
  ])('%s', (_name, changes, said) => {
    expect(snapshotMisfits(made)).toEqual([]);
    expect(new Set(snapshotMisfits(shown(made, changes)))).toEqual(new Set(said));
  });

  it('when it shows another object than its type is about, or is of no type that there is', () => {
    const account = snapshotMisfits({ ...made, type: 'account.updated' });
    expect(account).toContain('the event.data.object.object: "customer" is none of account');
    expect(snapshotMisfits({ ...made, type: 'customer.renamed' })).toEqual([
      'the event: customer.renamed is no event of Stripe',
    ]);
  });

  it('when it tells more than its object and what that was, or nothing', () => {
    expect(snapshotMisfits({ ...made, data: { ...made.data, more: 1 } })).toEqual(['the event.data.more is no field']);
    expect(snapshotMisfits({ ...made, data: undefined })).toContain('the event has no data');
    expect(snapshotMisfits({ ...made, api_version: null })).toEqual(['the event has no version']);
  });

  it('when what was before is of no field, of another kind, or of an event that tells of no change', () => {
    const before = (previous: object) =>
      snapshotMisfits({ ...changed, data: { ...changed.data, previous_attributes: previous } });
    expect(snapshotMisfits(changed)).toEqual([]);
    expect(changed.data.previous_attributes).toEqual({ name: 'Old', metadata: { added: null, changed: '1' } });
    expect(before({ colour: 'red' })).toEqual(['the event.data.previous_attributes.colour is no field']);
    expect(before({ invoice_settings: { footer: 1 } })).toEqual([
      'the event.data.previous_attributes.invoice_settings.footer: 1 is no string',
    ]);
    expect(before({ invoice_settings: { footers: '' } })).toEqual([
      'the event.data.previous_attributes.invoice_settings.footers is no field',
    ]);
    const created = { ...made, data: { ...made.data, previous_attributes: { name: 'Old' } } };
    expect(snapshotMisfits(created)).toEqual(['the event.data.previous_attributes: customer.created has none']);
  });

  it('when it has the shape of another version than its own', () => {
    expect([older.api_version, snapshotMisfits(older)]).toEqual(['2025-08-27.basil', []]);
    expect(snapshotMisfits({ ...older, api_version: latestVersion })).toEqual(
      expect.arrayContaining(['the event.data.object.source is missing', 'the event.data.object.coupon is no field']),
    );
  });
});

describe('a thin notification does not fit', () => {
  it('when it holds data, is of no thin type, or names its object by halves', () => {
    expect(notificationMisfits(thin)).toEqual([]);
    expect(notificationMisfits({ ...thin, data: {} })).toEqual(['the notification holds more than it tells']);
    expect(notificationMisfits({ ...thin, type: 'v1.customer.renamed' })).toEqual([
      'the notification: v1.customer.renamed is no thin event of Stripe',
    ]);
    expect(notificationMisfits({ ...thin, related_object: { id: 1, type: 'customer' } })).toEqual([
      'the notification.related_object.url is missing',
      'the notification.related_object.id: 1 is no string',
    ]);
  });
});
