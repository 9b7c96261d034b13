import { applicationSettings } from '../application.js';
import { connectedAccounts, connections } from '../connection.js';
import type { DashboardPage } from './dashboard-page.js';
import { Desk } from './desk.js';
import { buttonOf } from './form.js';
import { html } from './html.js';
import { copied, linkOf, tableOf } from './table.js';

/** What may act for the account; and of a platform, for whom it may. */
export const appsPage: DashboardPage = {
  section: 'apps',
  title: () => 'Installed apps',
  body: ({ desk }) => {
    const apps = desk.latest(connections).map(({ id, application }) => {
      const hidden = { platform: id };
      return [
        platformName(desk, id),
        copied(application),
        copied(id),
        buttonOf({ action: 'uninstall', button: 'Uninstall', hidden }, id),
      ];
    });
    const accounts = desk.latest(connectedAccounts).map(({ id }) => [linkOf(`/dashboard/${id}`, id)]);
    return html`${tableOf('Installed apps', ['App', 'Client id', 'Platform', 'Change'], apps)}
<h2>Accounts this one may act for</h2>
${tableOf('Connected accounts', ['Account'], accounts)}`;
  },
  actions: {
    uninstall: {
      done: 'It was uninstalled: the platform is told, and refused from now on.',
      act: ({ desk, form }) => {
        const platform = platformDesk(desk, form.get('platform') ?? '');
        desk.control('DELETE', 'connections', { platform: platform?.key ?? '' });
        return undefined;
      },
    },
  },
};

const platformDesk = (desk: Desk, id: string): Desk | undefined => {
  const account = desk.core.accountById(id);
  return account === undefined ? undefined : new Desk(desk.core, account);
};

/** As it calls itself. */
const platformName = (desk: Desk, id: string): string => {
  const platform = platformDesk(desk, id);
  return platform === undefined ? id : applicationSettings(platform.work).name;
};
