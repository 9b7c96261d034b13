import type { Account } from './account.js';
import { raiseRequirement } from './connect/raised-requirements.js';
import { connections, disconnect } from './connection.js';
import type { Core } from './core.js';
import { noCause } from './engine.js';
import type { FaultRule } from './faults.js';

/** What happens to the account a request is about, at the moment the request comes; nothing for faults of other kinds. */
export const strikeAccount = (core: Core, account: Account, fault: FaultRule): void => {
  if (fault.kind === 'account_deauthorized') deauthorize(core, account);
  if (fault.kind === 'requirement_raised') raise(core, account, fault);
};

/** As its holder would by uninstalling the application of every platform it is connected to. */
const deauthorize = (core: Core, account: Account): void => {
  core.transact(account, noCause, (work) => {
    for (const { id } of [...work.newestFirst(connections)]) disconnect(work, id);
  });
};

const raise = (core: Core, account: Account, { code, description = '', dueInSeconds }: FaultRule): void => {
  core.transact(account, noCause, (work) => {
    raiseRequirement(work, {
      description,
      dueAt: dueInSeconds === undefined ? null : work.now + dueInSeconds,
      errors: code === undefined ? [] : [{ code, description: code.replaceAll('_', ' ') }],
    });
  });
};
