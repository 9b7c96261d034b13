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
    { name: 'code', label: 'Code of the error', required: false },
    { name: 'delayMs', label: 'Delay in milliseconds', type: 'number', required: false },
    { name: 'everywhere', label: 'In all accounts', isTick: true },
  ],
})}`;
  },
  actions: {
    add: {
      done: 'The fault was added.',
      act: ({ desk, form }) => {
        const { kind, request, event, code } = filled(form, ['kind', 'request', 'event', 'code']);
        const numbers = filled(form, ['times', 'after', 'probability', 'status', 'delayMs']);
        desk.control('POST', 'faults', {
          kind,
          request,
          event,
          ...Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, Number(value)])),
          ...(code === undefined ? {} : { error: { code } }),
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

const whereOf = ({ request, event, account }: ActiveFault): string =>
  `${request ?? event ?? 'everything'}${account === undefined ? ', in all accounts' : ''}`;

const howOf = ({ times, after, probability, status, delayMs, error }: ActiveFault): string =>
  Object.entries({ times, after, probability, status, delayMs, code: error?.code })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
