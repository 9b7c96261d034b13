import { defineCollection } from '../../collection.js';
import { checkDue, finishCheck } from '../../connect/account-change.js';
import { accountStateOf } from '../../connect/account-state.js';
import { legacyAccountView } from '../../connect/legacy-account-view.js';
import { deadlineDue, passDeadline } from '../../connect/raised-requirements.js';
import { isConnectedTo } from '../../connection.js';
import { Refusal } from '../../errors.js';
import { operation, type Resource } from '../../operation.js';

/** The account of the key itself, or the one a header names. */
const retrieveOwnAccount = operation<Record<string, never>>((context) => legacyAccountView(accountStateOf(context)));

/** Itself, and those it is connected to. */
const retrieveAccount = operation<Record<string, never>>((context) => {
  const id = context.path.account ?? '';
  const named = context.inAccount(id);
  if (named !== undefined && (id === context.account.id || isConnectedTo(named, context.account))) {
    return legacyAccountView(accountStateOf(named));
  }
  throw noAccessTo(id);
});

export const noAccessTo = (id: string): Refusal =>
  new Refusal(403, {
    type: 'invalid_request_error',
    code: 'account_invalid',
    message: `The provided key does not have access to account '${id}' (or that account does not exist).`,
  });

/** Never stored under this type: it says where thin events of version 1 find an account. */
const legacyAccounts = defineCollection<ReturnType<typeof legacyAccountView>>({
  type: 'account',
  prefix: 'account',
  path: ({ id }) => `/v1/accounts/${id}`,
});

export const accountResource: Resource = {
  collections: [legacyAccounts],
  operations: { 'GET /v1/account': retrieveOwnAccount, 'GET /v1/accounts/:account': retrieveAccount },
  scheduled: { [checkDue]: finishCheck, [deadlineDue]: passDeadline },
};
