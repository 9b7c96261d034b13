import { invalidRequest } from '../errors.js';
import { type ActiveFault, faultKinds } from '../faults.js';
import type { DashboardPage } from './dashboard-page.js';
import { buttonOf, filled, formOf } from './form.js';
import { html } from './html.js';
import { tableOf } from './table.js';

const kinds = Object.fromEntries(faultKinds.map((kind) => [kind, kind.replaceAll('_', ' ')]));

export const faultsPage: DashboardPage = {
  section: 'faults',
  title: () => 'Faults',
  body: (view) => {
    const rows = view.desk.core.faults
      .list()
      .filter(({ account }) => account === undefined || account === view.desk.accountId)
      .map((fault) => [
        fault.kind.replaceAll('_', ' '),
        whereOf(fault),
        howOf(fault),
        `${fault.struck} times, of ${fault.matched} that fitted`,
        buttonOf({ action: 'remove', button: 'Remove', hidden: { fault: fault.id } }, fault.id),
      ]);
    return html`<p>What is broken on purpose, until the sandbox ends.</p>
${tableOf('Faults', ['Kind', 'Where', 'How', 'Struck', 'Change'], rows)}
<h2>Add a fault</h2>
${formOf(view, {
  action: 'add',
  button: 'Add fault',
  fields: [
    { name: 'kind', label: 'Kind', options: kinds },
    {
      name: 'request',
      label: 'Requests',
      hint: 'Such as POST /v1/payment_intents/*; left empty, all',
      required: false,
    },
    { name: 'event', label: 'Events', hint: 'Such as invoice.*, for kinds that begin with event', required: false },
    { name: 'times', label: 'How often', type: 'number', hint: 'Left empty, for ever', required: false },
    { name: 'after', label: 'After how many that pass', type: 'number', required: false },
    { name: 'probability', label: 'With which chance', hint: 'Between 0 and 1; left empty, always', required: false },
    { name: 'status', label: 'Status of the answer', type: 'number', required: false },
    {
      name: 'code',
      label: 'Code of the error, or of what was wrong with what a requirement asks for',
      required: false,
    },
    {
      name: 'error',
      label: 'Error',
      hint: 'For kind status: its fields as JSON, such as {"code": "card_declined", "decline_code": "lost_card"}',
      required: false,
    },
    { name: 'delayMs', label: 'Delay in milliseconds', type: 'number', required: false },
    {
      name: 'description',
      label: 'Requirement',
      hint: 'For kind requirement raised: its path, such as identity.individual.email',
      required: false,
    },
    {
      name: 'dueInSeconds',
      label: 'Due in seconds',
      type: 'number',
      hint: "Of the account's clock, for a requirement; left empty, some day",
      required: false,
    },
    { name: 'everywhere', label: 'In all accounts', isTick: true },
  ],
})}`;
  },
  actions: {
    add: {
      done: 'The fault was added.',
      act: ({ desk, form }) => {
        const { code, error, ...texts } = filled(form, ['kind', 'request', 'event', 'code', 'error', 'description']);
        const numbers = filled(form, ['times', 'after', 'probability', 'status', 'delayMs', 'dueInSeconds']);
        desk.control('POST', 'faults', {
          ...texts,
          ...Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, Number(value)])),
          ...codeAndError(texts.kind, code, error),
          ...(form.get('everywhere') === null ? {} : { account: undefined }),
        });
        return undefined;
      },
    },
    remove: {
      done: 'The fault was removed.',
      act: ({ desk, form }) => {
        desk.control('DELETE', `faults/${encodeURIComponent(form.get('fault') ?? '')}`, {});
        return undefined;
      },
    },
  },
};

/** A code alone is the error of an answer, or says what was wrong with what a requirement asks for. */
const codeAndError = (kind: string | undefined, code: string | undefined, error: string | undefined): object => {
  if (kind === 'requirement_raised') return { code, ...(error === undefined ? {} : { error }) };
  if (code === undefined && error === undefined) return {};
  return { error: { ...(error === undefined ? {} : errorFrom(error)), ...(code === undefined ? {} : { code }) } };
};

const errorFrom = (text: string): object => {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Refused below like any other text that is no hash.
  }
  throw invalidRequest('Invalid error: give its fields, such as {"code": "card_declined"}.', { param: 'error' });
};

const whereOf = ({ request, event, account }: ActiveFault): string =>
  `${request ?? event ?? 'everything'}${account === undefined ? ', in all accounts' : ''}`;

const howOf = (fault: ActiveFault): string => {
  const { times, after, probability, status, delayMs, error, code, description, dueInSeconds } = fault;
  return Object.entries({
    times,
    after,
    probability,
    status,
    delayMs,
    ...error,
    ...(code === undefined ? {} : { code }),
    description,
    dueInSeconds,
  })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join(', ');
};
