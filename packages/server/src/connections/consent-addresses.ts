import type { Context } from '../context.js';
import { hashOfToken } from '../secret-box.js';

type WithSettings = Pick<Context, 'settings'>;

/** The link that begins a consent: a page of ours first, so that what comes back counts for this browser alone. */
export const consentLinkOf = ({ settings }: WithSettings, token: string): string =>
  `${settings.publicUrl}/connect/oauth/${token}`;

/** Where Stripe leads back to. It must stand in the platform's settings there, so there is one for all. */
export const consentReturnOf = ({ settings }: WithSettings): string => `${settings.publicUrl}/connect/oauth/callback`;

/** What Stripe leads back with: the same for each opening of a link, and nothing by which the link could be guessed. */
export const stateOf = (token: string): string =>
  Buffer.from(hashOfToken(`state ${token}`), 'hex').toString('base64url');
