import { accountStateOf } from '../connect/account-state.js';
import type { DashboardPage } from './dashboard-page.js';
import { buttonOf, filled, formOf } from './form.js';
import { html } from './html.js';
import { tableOf, timeOf } from './table.js';

export const requirementsPage: DashboardPage = {
  section: 'requirements',
  title: () => 'Requirements',
  body: (view) => {
    const rows = accountStateOf(view.desk.work).raised.map(({ description, dueAt, isPastDue, errors }) => [
      description,
      dueAt === null ? 'some day' : timeOf(dueAt),
      html`<span class="state${isPastDue ? ' bad' : ''}">${isPastDue ? 'past due' : 'due'}</span>`,
      errors.map(({ code }) => code).join(', '),
      buttonOf({ action: 'clear', button: 'Clear', hidden: { description } }, description),
    ]);
    return html`<p>What Stripe asks of this account beside what onboarding leaves open.</p>
${tableOf('Requirements', ['Requirement', 'By', 'State', 'Error', 'Change'], rows)}
<h2>Raise one</h2>
${formOf(view, {
  action: 'raise',
  button: 'Raise requirement',
  fields: [
    { name: 'description', label: 'Requirement', hint: 'By its path, such as identity.individual.email' },
    {
      name: 'due_in_seconds',
      label: 'Due in seconds',
      type: 'number',
      hint: "Of the account's clock; left empty, some day",
      required: false,
    },
    { name: 'error', label: 'What was wrong', hint: 'A code such as verification_document_expired', required: false },
  ],
})}`;
  },
  actions: {
    raise: {
      done: 'The requirement was raised.',
      act: ({ desk, form }) => {
        const { due_in_seconds: seconds, ...given } = filled(form, ['description', 'due_in_seconds', 'error']);
        desk.control('POST', 'requirements', {
          ...given,
          ...(seconds === undefined ? {} : { due_in_seconds: Number(seconds) }),
        });
        return undefined;
      },
    },
    clear: {
      done: 'The requirement was cleared.',
      act: ({ desk, form }) => {
        desk.control('DELETE', 'requirements', { description: form.get('description') ?? '' });
        return undefined;
      },
    },
  },
};
