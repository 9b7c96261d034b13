import type Stripe from 'stripe';
import { accountLinks, linkUrl, onboardings, putLink } from '../../connect/account-link.js';
import { type AccountState, accountStateOf } from '../../connect/account-state.js';
import { responsibilitiesOf } from '../../connect/account-view.js';
import { configurationNames, isApplied } from '../../connect/requested-capabilities.js';
import { invalidRequest } from '../../errors.js';
import { operation, type Resource } from '../../operation.js';
import { isoTime } from '../../thin-event.js';
import { versionAtLeast } from '../../versions.js';
import { checkUrl } from '../events/webhook-endpoints.js';
import { connectedAccount, requireOpen } from './core-accounts.js';

type CreateParams = Stripe.V2.Core.AccountLinkCreateParams;

/** https://docs.stripe.com/api/v2/core/account-links/create */
const createLink = operation<CreateParams>((context) => {
  const { account: id, use_case: useCase } = context.params;
  const account = connectedAccount(context, id);
  const state = accountStateOf(account);
  requireOpen(state);
  if (state.platform !== context.account.id) {
    throw invalidRequest('Account links are for accounts that your platform made; this one stands on its own.', {
      param: 'account',
    });
  }
  const { refresh_url: refreshUrl, return_url: returnUrl } = wayOf(useCase);
  checkUrl(refreshUrl, account.account.livemode);
  if (returnUrl !== undefined) checkUrl(returnUrl, account.account.livemode);
  if (useCase.type === 'account_update' && responsibilitiesOf(state).requirements_collector !== 'application') {
    throw invalidRequest(
      'You cannot create `account_update` links for this account: Stripe is responsible for collecting its requirements. Use `account_onboarding`.',
      { param: 'use_case' },
    );
  }
  const link = putLink(account, {
    platform: context.account.id,
    useCase: useCase.type,
    refreshUrl,
    returnUrl: returnUrl ?? null,
  });
  return {
    object: 'v2.core.account_link',
    account: id,
    created: isoTime(account.now),
    expires_at: isoTime(link.expiresAt),
    livemode: account.account.livemode,
    url: linkUrl(account, link),
    use_case: versionAtLeast(context.version, 'endive') ? useCase : olderUseCase(useCase, state),
  };
});

/** Until endive a link said which configurations it asks for: https://docs.stripe.com/changelog/endive */
const olderUseCase = (useCase: CreateParams['use_case'], state: AccountState): object => {
  const configurations = configurationNames.filter((name) => isApplied(state, name));
  return { ...useCase, [useCase.type]: { configurations, ...useCase[useCase.type as 'account_onboarding'] } };
};

/** What stands under the name of the type. */
const wayOf = (useCase: CreateParams['use_case']): { refresh_url: string; return_url?: string } => {
  const way = useCase.type === 'account_update' ? useCase.account_update : useCase.account_onboarding;
  if (way !== undefined) return way;
  const param = `use_case[${useCase.type}]`;
  throw invalidRequest(`Missing required param: ${param}.`, { code: 'parameter_missing', param });
};

export const accountLinksResource: Resource = {
  collections: [accountLinks, onboardings],
  operations: { 'POST /v2/core/account_links': createLink },
};
