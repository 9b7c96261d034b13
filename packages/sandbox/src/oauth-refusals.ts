import { Refusal } from './errors.js';

/** RFC 6749, section 5.2, as far as Stripe uses it: https://docs.stripe.com/connect/oauth-reference */
type OauthError =
  | 'invalid_client'
  | 'invalid_grant'
  | 'invalid_request'
  | 'invalid_scope'
  | 'unsupported_grant_type'
  | 'unsupported_response_type';

/** What has nothing to do with OAuth, such as a wrong key or a rate limit, looks as it does everywhere. */
export const isOauthRefusal = (path: string, { body, status }: Refusal): boolean =>
  body.oauth_error !== undefined || (status === 400 && path.startsWith('/oauth/'));

/** An unknown or foreign client is 401, everything else 400. */
export const oauthRefusal = (error: OauthError, message: string, options: { commits?: boolean } = {}): Refusal =>
  new Refusal(
    error === 'invalid_client' ? 401 : 400,
    { type: 'invalid_request_error', message, oauth_error: error },
    options,
  );

/** Two texts instead of an object: what the SDKs know an OAuth error by. */
export const oauthContent = ({ body }: Refusal): object => ({
  error: body.oauth_error ?? errorOfParameter(body.param, body.code),
  error_description: body.message,
});

const errorOfParameter = (param: string | undefined, code: string | undefined): OauthError =>
  param === 'grant_type' && code !== 'parameter_missing' ? 'unsupported_grant_type' : 'invalid_request';
