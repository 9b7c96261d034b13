import { testClocks } from '../test-clock.js';
import type { DashboardPage } from './dashboard-page.js';
import { filled, formOf } from './form.js';
import { html } from './html.js';
import { copied, factsOf, tableOf, timeOf } from './table.js';

const units = { '1': 'seconds', '60': 'minutes', '3600': 'hours', '86400': 'days' };
const modes = {
  real: 'goes with the machine',
  accelerated: 'goes faster than the machine',
  manual: 'stands still until it is moved',
};

export const clockPage: DashboardPage = {
  section: 'clock',
  title: () => 'Clock',
  body: (view) => {
    const { clock } = view.desk.account.record;
    const clocks = view.desk
      .latest(testClocks)
      .map((one) => [copied(one.id), one.name ?? '', timeOf(one.frozen_time), one.status]);
    return html`${factsOf({ 'Its time': timeOf(view.desk.now), 'How it goes': modes[clock.mode] })}
<h2>Move it</h2>
<p>Forward only. What falls due on the way happens, in order.</p>
${formOf(view, {
  action: 'advance',
  button: 'Move the clock',
  fields: [
    { name: 'amount', label: 'By', type: 'number', value: '1' },
    { name: 'unit', label: 'Unit', options: units, value: '86400' },
  ],
})}
<h2>How it goes</h2>
${formOf(view, {
  action: 'mode',
  button: 'Set the clock',
  fields: [
    { name: 'mode', label: 'It', options: modes, value: clock.mode },
    {
      name: 'rate',
      label: 'How many times as fast',
      type: 'number',
      value: '60',
      hint: 'Counts only when it goes faster',
      required: false,
    },
  ],
})}
<h2>Test clocks</h2>
${tableOf('Test clocks', ['Id', 'Name', 'Time', 'State'], clocks)}`;
  },
  actions: {
    advance: {
      done: 'The clock was moved.',
      act: ({ desk, form }) => {
        const { amount = '', unit = '1' } = filled(form, ['amount', 'unit']);
        desk.control('POST', 'clock', { advance_seconds: Number(amount) * Number(unit) });
        return undefined;
      },
    },
    mode: {
      done: 'The clock was set.',
      act: ({ desk, form }) => {
        const { mode, rate } = filled(form, ['mode', 'rate']);
        desk.control('POST', 'clock', { mode, ...(mode === 'accelerated' ? { rate: Number(rate ?? 60) } : {}) });
        return undefined;
      },
    },
  },
};
