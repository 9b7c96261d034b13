import type Stripe from 'stripe';
import { applicationOf } from '../../application.js';
import { changeAccount, tellThin } from '../../connect/account-change.js';
import { type AccountState, accountStateOf, accountStates } from '../../connect/account-state.js';
import { accountView } from '../../connect/account-view.js';
import { type Fields, fieldsOf, merged } from '../../connect/fields.js';
import { configurationNames, isApplied } from '../../connect/requested-capabilities.js';
import { connectedAccounts, isConnectedTo, keepConnection } from '../../connection.js';
import { invalidRequest } from '../../errors.js';
import { metadataMerged } from '../../metadata.js';
import { operation, type Resource } from '../../operation.js';
import { isoTime } from '../../thin-event.js';
import { version2Page } from '../../version-2-page.js';
import type { RequestContext, Work } from '../../work.js';
import { refuseUnserved } from '../unserved.js';
import { noAccessTo } from './account.js';
import { requireSense } from './account-sense.js';

type CreateParams = Stripe.V2.Core.AccountCreateParams;
type UpdateParams = Stripe.V2.Core.AccountUpdateParams;

/** https://docs.stripe.com/api/v2/core/accounts/create */
const createAccount = operation<CreateParams>((context) => {
  const { params } = context;
  refuseUnserved(params, ['account_token']);
  requireSense(params);
  const fields = merged({}, givenFields(params));
  requireContact(fields);
  const metadata = metadataMerged({}, params.metadata);
  const account = context.openAccount();
  keepConnection(account, context.account.id, applicationOf(context.account));
  account.put(accountStates, {
    id: account.account.id,
    platform: context.account.id,
    created: isoTime(account.now),
    closed: false,
    fields,
    representative: {},
    metadata,
    bankAccount: null,
    verification: { status: 'none' },
    raised: [],
    verdicts: {},
  });
  tellThin(account, 'v2.core.account.created');
  // Whoever gives all of it at once has it checked at once.
  changeAccount(account, {});
  return shown(context, account);
});

const givenFields = (params: CreateParams | UpdateParams): Fields => {
  const { account_token: _token, include: _include, metadata: _metadata, ...fields } = params;
  return fields as unknown as Fields;
};

/** Whoever takes or gets money must be reachable. */
const requireContact = (fields: Fields): void => {
  const { merchant, recipient } = fieldsOf(fields.configuration);
  if ((merchant === undefined && recipient === undefined) || fields.contact_email !== undefined) return;
  throw invalidRequest('Missing required param: contact_email.', {
    code: 'parameter_missing',
    param: 'contact_email',
  });
};

type Including = RequestContext<{ readonly include?: readonly string[] }>;

const shown = (context: Including, account: Work) =>
  accountView(accountStateOf(account), account.account, context.params.include ?? []);

/** The account in the path: the caller itself, or one that it is connected to. */
const accountInPath = <P>(context: RequestContext<P>): Work => connectedAccount(context, context.path.account ?? '');

export const connectedAccount = (context: Work, id: string): Work => {
  const account = context.inAccount(id);
  if (account === undefined || (account !== context && !isConnectedTo(account, context.account))) throw noAccessTo(id);
  return account;
};

const retrieveAccount = operation<Stripe.V2.Core.AccountRetrieveParams>((context) =>
  shown(context, accountInPath(context)),
);

const updateAccount = operation<UpdateParams>((context) => {
  const account = accountInPath(context);
  const { params } = context;
  refuseUnserved(params, ['account_token']);
  requireSense(params);
  const before = accountStateOf(account);
  requireOpen(before);
  changeAccount(account, {
    fields: merged(before.fields, givenFields(params)),
    metadata: metadataMerged(before.metadata, params.metadata),
  });
  return shown(context, account);
});

export const requireOpen = (state: AccountState): void => {
  if (state.closed) throw invalidRequest(`The account '${state.id}' is closed.`, { code: 'account_closed' });
};

/** What is named must be all there is, so that nothing is closed unawares. */
const closeAccount = operation<Stripe.V2.Core.AccountCloseParams>((context) => {
  const account = accountInPath(context);
  const before = accountStateOf(account);
  requireOpen(before);
  const named = context.params.applied_configurations;
  const applied = configurationNames.filter((name) => isApplied(before, name));
  if (named !== undefined && [...named].sort().join() !== applied.join()) {
    throw invalidRequest(`Name all configurations of the account: ${applied.join(', ')}.`, {
      param: 'applied_configurations',
    });
  }
  if (before.platform === null) throw invalidRequest('Only accounts that a platform made can be closed by it.');
  account.put(accountStates, { ...before, closed: true, raised: [] });
  tellThin(account, 'v2.core.account.closed');
  return accountView(accountStateOf(account), account.account, []);
});

type ListParams = Stripe.V2.Core.AccountListParams & { readonly page?: string };

/** The platform's, newest first; closed ones only when they are asked for. */
const listAccounts = operation<ListParams>((context) => {
  const { applied_configurations: wanted = [], closed = false } = context.params;
  const found = [...context.newestFirst(connectedAccounts)].flatMap(({ id }) => context.inAccount(id) ?? []);
  const matching = found
    .map((account) => ({ id: account.account.id, account, state: accountStateOf(account) }))
    .filter(({ state }) => state.closed === closed && wanted.every((name) => isApplied(state, name)));
  const page = version2Page(context, matching);
  return { ...page, data: page.data.map(({ account, state }) => accountView(state, account.account, [])) };
});

export const coreAccountsResource: Resource = {
  collections: [accountStates],
  operations: {
    'POST /v2/core/accounts': createAccount,
    'GET /v2/core/accounts': listAccounts,
    'GET /v2/core/accounts/:account': retrieveAccount,
    'POST /v2/core/accounts/:account': updateAccount,
    'POST /v2/core/accounts/:account/close': closeAccount,
  },
};
