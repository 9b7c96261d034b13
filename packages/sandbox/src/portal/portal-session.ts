import type Stripe from 'stripe';
import { defineCollection } from '../collection.js';
import type { Work } from '../work.js';
import { type PortalConfigurationObject, portalConfigurations } from './portal-configurations.js';

export type PortalFlow = NonNullable<Stripe.BillingPortal.Session['flow']>;

export interface PortalSessionObject extends Omit<Stripe.BillingPortal.Session, 'configuration'> {
  readonly configuration: string;
  /** What its address cannot be guessed without. */
  readonly _token: string;
  /** Seconds of the account's own time. */
  readonly _usableUntil: number;
  /** Its flow is over: what it opened is closed, unless it leads to the portal's home. */
  readonly _isFlowDone: boolean;
  /** A card that waits for its holder to authenticate. */
  readonly _setupIntent: string | null;
}

export const portalSessions = defineCollection<PortalSessionObject>({
  type: 'billing_portal.session',
  prefix: 'bps',
  label: 'portal session',
  indexes: ['_token'],
});

/** Unused it is good for five minutes, and then for an hour after each use. [K]: no page of today says how long. */
const unusedSeconds = 5 * 60;
const idleSeconds = 60 * 60;

type NewSession = Pick<
  PortalSessionObject,
  'after_expiration' | 'configuration' | 'customer' | 'flow' | 'locale' | 'return_url'
>;

export const putSession = (work: Work, given: NewSession): PortalSessionObject => {
  const token = `${work.account.livemode ? 'live' : 'test'}_${work.newToken(40)}`;
  const session = work.put(portalSessions, {
    id: work.newId('bps'),
    object: 'billing_portal.session',
    created: work.now,
    customer_account: null,
    livemode: work.account.livemode,
    on_behalf_of: null,
    url: `${work.baseUrl}/p/session/${work.account.id}/${token}`,
    ...given,
    _token: token,
    _usableUntil: work.now + unusedSeconds,
    _isFlowDone: false,
    _setupIntent: null,
  });
  work.emit('billing_portal.session.created', session);
  return session;
};

export const isExpired = (session: PortalSessionObject, now: number): boolean => now >= session._usableUntil;

/** Visiting it keeps it open. */
export const used = (work: Work, session: PortalSessionObject): PortalSessionObject =>
  work.update(portalSessions, session, { _usableUntil: work.now + idleSeconds });

/** Whether somebody who comes too late may say who they are and go on. */
export const isRecoverable = (session: PortalSessionObject, now: number): boolean => {
  if (session.after_expiration?.type !== 'customer_login') return false;
  const deadline = session.after_expiration.customer_login?.expires_at ?? null;
  return deadline === null || now < deadline;
};

export const configurationOf = (work: Work, session: PortalSessionObject): PortalConfigurationObject =>
  work.require(portalConfigurations, session.configuration);

/** The flow that is still to be gone through; null in the whole portal. */
export const openFlow = (session: PortalSessionObject): PortalFlow | null =>
  session._isFlowDone ? null : session.flow;
