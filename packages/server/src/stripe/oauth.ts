import { ok, type Result } from '@tollbridge/core';
import type { StripeAccess, StripeFailure, StripeGateway } from './gateway.js';

/** An account that somebody let our platform into. */
export interface LetIn {
  readonly stripeAccountId: string | null;
  readonly publishableKey: string | null;
  readonly livemode: boolean;
}

/**
 * Gives the code that Stripe led back with for the account. A code is good once, and used twice it ends what it began, so this is
 * never tried again (https://docs.stripe.com/connect/oauth-reference). The access token in the answer is not kept: the
 * platform's own key acts for the account.
 */
export async function exchangeCode(
  stripe: StripeGateway,
  platform: StripeAccess,
  code: string,
): Promise<Result<LetIn, StripeFailure>> {
  const token = await stripe.call(platform, (sdk) => sdk.oauth.token({ grant_type: 'authorization_code', code }));
  if (!token.ok) return token;
  const { livemode, stripe_publishable_key: publishableKey, stripe_user_id: stripeAccountId } = token.value;
  return ok({
    stripeAccountId: stripeAccountId ?? null,
    publishableKey: publishableKey ?? null,
    livemode: livemode === true,
  });
}

/** Leaves an account. Errors: `invalid_client` where it is not connected, or the client id is none of the platform's. */
export async function deauthorize(
  stripe: StripeGateway,
  platform: StripeAccess,
  { clientId, stripeAccountId }: { readonly clientId: string; readonly stripeAccountId: string },
): Promise<Result<null, StripeFailure>> {
  const left = await stripe.call(platform, (sdk) =>
    sdk.oauth.deauthorize({ client_id: clientId, stripe_user_id: stripeAccountId }),
  );
  return left.ok ? ok(null) : left;
}
