import { type ApplicationRecord, setApplication } from './application.js';
import { changeAccount } from './connect/account-change.js';
import { accountStateOf } from './connect/account-state.js';
import { accountView, includable } from './connect/account-view.js';
import { clearRequirement, raiseRequirement } from './connect/raised-requirements.js';
import { requestedCapabilities } from './connect/requested-capabilities.js';
import { invalidRequest } from './errors.js';
import { checkUrl } from './resources/events/webhook-endpoints.js';
import type { Work } from './work.js';

type Fields = Readonly<Record<string, unknown>>;

const shown = (work: Work): object => accountView(accountStateOf(work), work.account, includable);

const statuses = ['active', 'pending', 'rejected', 'restricted', 'unsupported'];
const resolutions = ['contact_stripe', 'no_resolution', 'provide_info'];

/** Stripe wants something more: `due_in_seconds` of the account's clock, or some day. `error` says what was wrong. */
export const requirementRaised = (work: Work, fields: Fields): object => {
  const { error, due_in_seconds: seconds } = fields;
  const isTimed = seconds !== undefined && seconds !== null;
  if (isTimed && !(Number.isSafeInteger(seconds) && Number(seconds) >= 0)) {
    throw invalidRequest(`Invalid integer: ${String(seconds)}`, { param: 'due_in_seconds' });
  }
  raiseRequirement(work, {
    description: descriptionIn(fields),
    dueAt: isTimed ? work.now + Number(seconds) : null,
    errors: typeof error === 'string' ? [{ code: error, description: error.replaceAll('_', ' ') }] : [],
  });
  return shown(work);
};

export const requirementCleared = (work: Work, fields: Fields): object => {
  const description = descriptionIn(fields);
  if (!accountStateOf(work).raised.some((one) => one.description === description)) {
    throw invalidRequest(`No such requirement: '${description}'`, { param: 'description' });
  }
  clearRequirement(work, description);
  return shown(work);
};

const descriptionIn = ({ description }: Fields): string => {
  if (typeof description === 'string' && /^[a-z0-9_.]{1,200}$/.test(description)) return description;
  throw invalidRequest('Give the requirement a `description` such as identity.individual.email.', {
    param: 'description',
  });
};

/** What somebody at Stripe decides of a capability, whatever is due; a `status` of null takes it back. */
export const capabilityDecided = (work: Work, fields: Fields): object => {
  const { capability, code = 'restricted_other', resolution = 'contact_stripe', status } = fields;
  const before = accountStateOf(work);
  if (!requestedCapabilities(before).some(({ name }) => name === capability)) {
    throw invalidRequest('The account has not requested this capability.', { param: 'capability' });
  }
  const { [String(capability)]: _verdict, ...others } = before.verdicts;
  if (status === null) changeAccount(work, { verdicts: others });
  else {
    const verdict = {
      status: oneOf(statuses, status, 'status'),
      code: String(code),
      resolution: oneOf(resolutions, resolution, 'resolution'),
    };
    changeAccount(work, { verdicts: { ...others, [String(capability)]: verdict } });
  }
  return shown(work);
};

const namesMax = 200;

/** How a platform calls itself and where consent may lead back to; what is left out stays. */
export const applicationSet = (work: Work, fields: Fields): object => {
  const { name, redirect_uris: uris } = fields;
  if (name !== undefined && (typeof name !== 'string' || name === '' || name.length > namesMax)) {
    throw invalidRequest('Invalid name', { param: 'name' });
  }
  if (uris !== undefined && !(Array.isArray(uris) && uris.every((uri): uri is string => typeof uri === 'string'))) {
    throw invalidRequest('Give redirect_uris as a list of addresses.', { param: 'redirect_uris' });
  }
  for (const uri of uris ?? []) checkUrl(uri, work.account.livemode);
  return applicationShown(
    setApplication(work, {
      ...(name === undefined ? {} : { name }),
      ...(uris === undefined ? {} : { redirectUris: uris }),
    }),
  );
};

export const applicationShown = ({ id, name, redirectUris }: ApplicationRecord): object => ({
  client_id: id,
  name,
  redirect_uris: redirectUris,
});

const oneOf = (values: readonly string[], given: unknown, param: string): string => {
  const found = values.find((value) => value === given);
  if (found !== undefined) return found;
  throw invalidRequest(`Invalid ${param}: must be one of ${values.join(', ')}`, { param });
};
