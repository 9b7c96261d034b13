import { changeAccount } from '../connect/account-change.js';
import { accountLinks, type OnboardingRecord, onboardings, openLink } from '../connect/account-link.js';
import { type AccountState, accountStateOf } from '../connect/account-state.js';
import { merged } from '../connect/fields.js';
import { configurationNames, isApplied } from '../connect/requested-capabilities.js';
import { requirementsOf } from '../connect/requirements.js';
import type { PageAnswer, PageRequest, Resource } from '../operation.js';
import { isoTime } from '../thin-event.js';
import type { Work } from '../work.js';
import { escapeHtml, sandboxPage } from './layout.js';
import { existingDetails, readStep, type Step, steps } from './onboarding-entry.js';
import { onboardingForm, type Shown, stepTitles } from './onboarding-form.js';

/** A link is good for one opening: the second visit, and a late one, lead to where a new one is made. */
const openOnboarding = (work: Work, request: PageRequest): PageAnswer => {
  const link = work.require(accountLinks, request.path.link ?? '');
  const onboarding = openLink(work, link);
  return {
    kind: 'redirect',
    location: onboarding === undefined ? link.refreshUrl : stepUrl(work, onboarding, 'email'),
  };
};

const stepUrl = (work: Work, { id }: OnboardingRecord, step: Step): string =>
  `${work.baseUrl}/onboarding/${work.account.id}/${id}/${step}`;

type Visit = (work: Work, onboarding: OnboardingRecord, step: Step, request: PageRequest) => PageAnswer;

/** The pages are there for as long as the onboarding goes on. */
const during =
  (visit: Visit) =>
  (work: Work, request: PageRequest): PageAnswer => {
    const onboarding = work.require(onboardings, request.path.session ?? '');
    const step = steps.find((name) => name === request.path.step) ?? 'email';
    if (accountStateOf(work).closed) return message('This account is closed', 'Nothing can be changed any more.', 409);
    if (onboarding.isOver) return { ...done(onboarding), status: 409 };
    if (work.now >= onboarding.expiresAt) return { kind: 'redirect', location: onboarding.refreshUrl };
    return visit(work, onboarding, step, request);
  };

const message = (title: string, text: string, status: number): PageAnswer => ({
  kind: 'html',
  status,
  html: sandboxPage(title, `<p>${escapeHtml(text)}</p>`),
});

const done = ({ returnUrl }: OnboardingRecord) => {
  const link = returnUrl === null ? '' : ` <a href="${escapeHtml(returnUrl)}">Go back</a>`;
  return { kind: 'html', html: sandboxPage('Done', `<p>You can close this page.${link}</p>`) } as const;
};

const showStep = during((work, _onboarding, step) =>
  stepPage(work, { step, error: null, typed: new URLSearchParams() }),
);

const stepPage = (work: Work, shown: Omit<Shown, 'state'>, status = 200): PageAnswer => {
  const body = onboardingForm({ ...shown, state: accountStateOf(work) });
  return { kind: 'html', status, html: sandboxPage(stepTitles[shown.step], body) };
};

const takeStep = during((work, onboarding, step, { form }) => {
  const state = accountStateOf(work);
  const { entry, error } = readStep(step, state, form);
  const isLeaving = form.get('action') === 'leave';
  // An incomplete page is kept as far as it is good, but not what a check would begin with before it is submitted.
  if (isLeaving || error === null) changeAccount(work, entry);
  if (isLeaving) return leave(onboarding);
  if (error !== null) return stepPage(work, { step, error, typed: form }, 400);
  if (step === 'email' && form.get('details') === 'existing') {
    changeAccount(work, existingDetails(accountStateOf(work)));
    return { kind: 'redirect', location: stepUrl(work, onboarding, 'review') };
  }
  if (step === 'review') return submit(work, onboarding);
  return { kind: 'redirect', location: stepUrl(work, onboarding, steps[steps.indexOf(step) + 1] ?? 'review') };
});

/** Whoever goes back has not finished: that is for the platform to read. */
const leave = (onboarding: OnboardingRecord): PageAnswer =>
  onboarding.returnUrl === null ? done(onboarding) : { kind: 'redirect', location: onboarding.returnUrl };

/** Who submits accepts the terms and has answered what Stripe asked for. */
const submit = (work: Work, onboarding: OnboardingRecord): PageAnswer => {
  const state = accountStateOf(work);
  const accepted = withTerms(work, { ...state, raised: [] });
  const missing = requirementsOf(accepted).filter(({ reason }) => reason === 'routine_onboarding');
  if (missing.length > 0) {
    const error = {
      field: null,
      message: `Still missing: ${missing.map(({ description }) => description).join(', ')}`,
    };
    return stepPage(work, { step: 'review', error, typed: new URLSearchParams() }, 400);
  }
  changeAccount(work, accepted);
  work.update(onboardings, onboarding, { isOver: true });
  work.inAccount(onboarding.platform)?.emitThin('v2.core.account_link.returned', {
    data: {
      account_id: work.account.id,
      configurations: configurationNames.filter((name) => isApplied(state, name)),
      use_case: onboarding.useCase,
    },
  });
  return leave(onboarding);
};

const withTerms = (work: Work, state: AccountState): AccountState => {
  const account = { date: isoTime(work.now), ip: '192.0.2.1', user_agent: 'Sandbox' };
  return { ...state, fields: merged(state.fields, { identity: { attestations: { terms_of_service: { account } } } }) };
};

export const onboardingPageResource: Resource = {
  collections: [],
  operations: {},
  pages: {
    'GET /onboarding/:account/:link': openOnboarding,
    'GET /onboarding/:account/:session/:step': showStep,
    'POST /onboarding/:account/:session/:step': takeStep,
  },
};
