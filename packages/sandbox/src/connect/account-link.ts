import { defineCollection, type StoredObject } from '../collection.js';
import type { Work } from '../work.js';

interface Way {
  /** The platform that sends its customer here. */
  readonly platform: string;
  readonly useCase: string;
  readonly refreshUrl: string;
  readonly returnUrl: string | null;
  /** Seconds of the account's clock. */
  readonly expiresAt: number;
}

/** Good for opening once; the id is what makes its address secret. */
export interface AccountLinkRecord extends StoredObject, Way {
  readonly isOpened: boolean;
}

export const accountLinks = defineCollection<AccountLinkRecord>({
  type: '_account_link',
  prefix: 'alu',
  label: 'account link',
});

/** What opening a link begins: the pages can be gone through, back and forth, until it is over. */
export interface OnboardingRecord extends StoredObject, Way {
  readonly isOver: boolean;
}

export const onboardings = defineCollection<OnboardingRecord>({
  type: '_onboarding',
  prefix: 'onboarding',
  label: 'onboarding',
});

/** The SDK's sample of version 1 lives 300 seconds. */
export const linkSeconds = 300;
/** Nobody is asked to finish within minutes. */
const onboardingSeconds = 86_400;
const tokenLength = 32;

/** In the account it is for. */
export const putLink = (work: Work, way: Omit<Way, 'expiresAt'>): AccountLinkRecord =>
  work.put(accountLinks, {
    ...way,
    id: work.newToken(tokenLength),
    expiresAt: work.now + linkSeconds,
    isOpened: false,
  });

export const linkUrl = (work: Work, link: AccountLinkRecord): string =>
  `${work.baseUrl}/onboarding/${work.account.id}/${link.id}`;

/** Begins the onboarding, or undefined when the link was opened before or has expired. */
export const openLink = (work: Work, link: AccountLinkRecord): OnboardingRecord | undefined => {
  if (link.isOpened || work.now >= link.expiresAt) return undefined;
  work.update(accountLinks, link, { isOpened: true });
  const { platform, refreshUrl, returnUrl, useCase } = link;
  return work.put(onboardings, {
    id: work.newToken(tokenLength),
    platform,
    refreshUrl,
    returnUrl,
    useCase,
    expiresAt: work.now + onboardingSeconds,
    isOver: false,
  });
};
