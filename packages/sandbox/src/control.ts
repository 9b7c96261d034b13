import type { Account, AccountRecord } from './account.js';
import { htmlAnswer, jsonAnswer, type SandboxAnswer, type SandboxRequest } from './answer.js';
import { applicationSettings } from './application.js';
import type { Clock } from './clock.js';
import { connect, disconnect } from './connection.js';
import {
  applicationSet,
  applicationShown,
  capabilityDecided,
  requirementCleared,
  requirementRaised,
} from './control-connect.js';
import type { Core } from './core.js';
import { deliveries } from './deliveries.js';
import { noCause } from './engine.js';
import { invalidRequest, Refusal } from './errors.js';
import { events } from './events.js';
import { faultRuleFrom } from './fault-rule.js';
import type { FaultRule } from './faults.js';
import { isForeign } from './foreign-origin.js';
import { keysOf, makeKey, rollKey, setKey } from './key-changes.js';
import { type Key, keyFrom } from './keys.js';
import { indexPage } from './pages/index-page.js';
import { settlementSet } from './resources/accounts/settlement.js';
import { disputeDecided } from './resources/charges/disputes.js';
import { collectionSet } from './resources/invoices/collection-settings.js';
import { invalidVersion, isVersion } from './versions.js';
import { webhookEndpoints } from './webhook-endpoint.js';
import type { StoredObject, Work } from './work.js';

type Fields = Readonly<Record<string, unknown>>;
type Control = (core: Core, fields: Fields, id: string) => unknown;

/**
 * What a test or an operator does to the sandbox itself; no part of Stripe's API. Bodies and answers are JSON, an
 * account is named by `account` (its id) or by `key` (any key of it).
 */
const controls: Readonly<Record<string, Control>> = {
  'GET health': () => ({ status: 'ok' }),
  'GET accounts': (core) => ({ data: [...core.accounts.values()].map(accountView(core)) }),
  'POST accounts': (core, fields) => setAccount(core, fields),
  'POST clock': (core, fields) => setClock(core, fields),
  'GET clock': (core, fields) => accountView(core)(accountIn(core, fields)),
  'GET keys': (core, fields) => ({ data: keysOf(accountIn(core, fields), secondsOf(core, accountIn(core, fields))) }),
  'POST keys': (core, fields) =>
    fields.kind === undefined ? setKey(core, fields) : makeKey(core, accountIn(core, fields), fields),
  'POST rolled_keys': (core, fields) => rollKey(core, fields),
  'GET faults': (core) => ({ data: core.faults.list() }),
  'POST faults': (core, fields) => ({ id: core.faults.add(faultIn(core, fields)) }),
  'DELETE faults': (core, _fields, id) => removeFaults(core, id),
  'GET requests': (core, fields, id) => requestsOf(core, fields, id),
  'GET objects': (core, fields) => objectsOf(core, fields),
  'GET events': (core, fields) => ({ data: newest(accountIn(core, fields), events.type) }),
  'GET deliveries': (core, fields) => ({
    data: newest(accountIn(core, fields), deliveries.type),
    quiet: core.deliveryQueue.isQuiet(),
  }),
  'POST connections': (core, fields) => connectAccount(core, fields),
  'DELETE connections': (core, fields) => disconnectAccount(core, fields),
  'GET applications': (core, fields) => changed(core, fields, (work) => applicationShown(applicationSettings(work))),
  'POST applications': (core, fields) => changed(core, fields, applicationSet),
  'POST requirements': (core, fields) => changed(core, fields, requirementRaised),
  'DELETE requirements': (core, fields) => changed(core, fields, requirementCleared),
  'POST capabilities': (core, fields) => changed(core, fields, capabilityDecided),
  'POST webhook_secrets': (core, fields) => rollSecret(core, fields),
  'POST rate_limits': (core, fields) => setRateLimits(core, fields),
  'POST events': (core, fields) => changed(core, fields, madeUpEvent),
  'POST search': (core, fields) => setSearchLag(core, fields),
  'POST collection': (core, fields) => changed(core, fields, collectionSet),
  'POST settlement': (core, fields) => changed(core, fields, settlementSet),
  'POST disputes': (core, fields) => changed(core, fields, disputeDecided),
};

/** One change of an account that no API call caused. */
const changed = (core: Core, fields: Fields, change: (work: Work, fields: Fields) => object): object => {
  let result = {};
  core.transact(accountIn(core, fields), noCause, (work) => {
    result = change(work, fields);
  });
  return result;
};

export const handleControl = (core: Core, request: SandboxRequest): SandboxAnswer => {
  const [path = '', query = ''] = request.url.split('?', 2);
  const [, , noun = '', id = ''] = path.split('/');
  if (noun === '' && request.method === 'GET') return htmlAnswer(200, indexPage(core));
  const control = controls[`${request.method} ${noun}`];
  try {
    if (request.method !== 'GET' && isForeign(request.headers))
      throw new Refusal(403, {
        type: 'invalid_request_error',
        message: 'A page of another origin may not steer the sandbox.',
      });
    if (control === undefined)
      throw new Refusal(404, {
        type: 'invalid_request_error',
        message: `The sandbox has no control '${request.method} ${path}'.`,
      });
    const fields = { ...Object.fromEntries(new URLSearchParams(query)), ...bodyOf(request) };
    return jsonAnswer(200, control(core, fields, id) as object);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return jsonAnswer(error.status, { error: error.body });
  }
};

const bodyOf = (request: SandboxRequest): Fields => {
  if (request.body === '') return {};
  try {
    const value: unknown = JSON.parse(request.body);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  } catch {
    // Refused below.
  }
  throw invalidRequest('The body must be a JSON object.');
};

const keyIn = (fields: Fields): Key => keyFrom({ authorization: `Bearer ${String(fields.key ?? '')}` });

const secondsOf = (core: Core, account: Account): number => account.nowMs(core.options.now()) / 1000;

const accountIn = (core: Core, fields: Fields): Account => {
  if (typeof fields.key === 'string') return core.accountOf(keyIn(fields));
  const [only] = core.accounts.values();
  if (fields.account === undefined && core.accounts.size === 1 && only !== undefined) return only;
  const account = core.accounts.get(String(fields.account ?? ''));
  if (account !== undefined) return account;
  throw invalidRequest('Name an account the sandbox knows by `account`, or any of its keys by `key`.', {
    param: 'account',
  });
};

const accountView =
  (core: Core) =>
  (account: Account): object => ({
    id: account.record.id,
    livemode: account.record.livemode,
    key: `sk_${account.record.livemode ? 'live' : 'test'}_${account.record.keyBody}`,
    default_version: account.record.defaultVersion,
    card_tokens: account.record.takesCardTokens ?? false,
    clock: account.record.clock,
    now: Math.floor(account.nowMs(core.options.now()) / 1000),
  });

const setAccount = (core: Core, fields: Fields): object => {
  const account = accountIn(core, fields);
  const version = String(fields.default_version ?? account.record.defaultVersion);
  if (!isVersion(version)) throw invalidVersion(version, 'default_version');
  const takesCardTokens =
    fields.card_tokens === undefined ? account.record.takesCardTokens : fields.card_tokens === true;
  core.saveAccount(account, {
    ...account.record,
    defaultVersion: version,
    ...(takesCardTokens === undefined ? {} : { takesCardTokens }),
  });
  return accountView(core)(account);
};

/** `platform` is any key of the platform; the account is named like everywhere. */
const platformIn = (core: Core, fields: Fields): AccountRecord =>
  core.accountOf(keyFrom({ authorization: `Bearer ${String(fields.platform ?? '')}` })).record;

const connectAccount = (core: Core, fields: Fields): object => {
  const platform = platformIn(core, fields);
  const account = accountIn(core, fields);
  core.transact(account, noCause, (work) => connect(work, platform));
  return { account: account.record.id, platform: platform.id };
};

const disconnectAccount = (core: Core, fields: Fields): object => {
  const platform = platformIn(core, fields);
  const account = accountIn(core, fields);
  core.transact(account, noCause, (work) => disconnect(work, platform.id));
  return { account: account.record.id, platform: platform.id, disconnected: true };
};

const setSearchLag = (core: Core, fields: Fields): object => {
  const account = accountIn(core, fields);
  const searchLagSeconds = wholeNumber(fields.lag_seconds, 'lag_seconds');
  core.saveAccount(account, { ...account.record, searchLagSeconds });
  return { account: account.record.id, lag_seconds: searchLagSeconds };
};

const setRateLimits = (core: Core, fields: Fields): object => {
  const account = accountIn(core, fields);
  const hasRateLimits = fields.enforced === true;
  core.saveAccount(account, { ...account.record, hasRateLimits });
  return { account: account.record.id, enforced: hasRateLimits };
};

/** An event of any type, for receivers that must take those they do not know: Stripe adds types at any time. */
const madeUpEvent = (work: Work, fields: Fields): object => {
  const { type, object } = fields;
  if (typeof type !== 'string' || !/^[a-z0-9_]+(\.[a-z0-9_]+)+$/.test(type)) {
    throw invalidRequest('Invalid type: give one such as thing.happened', { param: 'type' });
  }
  if (typeof object !== 'object' || object === null || typeof (object as Fields).id !== 'string') {
    throw invalidRequest('Give the object the event is about, with an `id`.', { param: 'object' });
  }
  work.emit(type, object as StoredObject);
  return { type };
};

/** `now` (seconds) stops the clock there; `advance_seconds` moves it on, in its mode; `mode` chooses one. */
const setClock = (core: Core, fields: Fields): object => {
  const account = accountIn(core, fields);
  const machineMs = core.options.now();
  const nowMs = account.nowMs(machineMs);
  const targetMs = targetOf(fields, nowMs);
  if (targetMs < nowMs) throw invalidRequest("An account's clock only moves forward.", { param: 'now' });
  core.setClock(account, clockIn(fields, account.record.clock, { machineMs, targetMs }));
  return accountView(core)(account);
};

const targetOf = (fields: Fields, nowMs: number): number => {
  const { now, advance_seconds: advance } = fields;
  if (now !== undefined) return wholeNumber(now, 'now') * 1000;
  return nowMs + (advance === undefined ? 0 : wholeNumber(advance, 'advance_seconds') * 1000);
};

const clockIn = (fields: Fields, clock: Clock, at: { machineMs: number; targetMs: number }): Clock => {
  const mode = fields.mode ?? (fields.now === undefined ? clock.mode : 'manual');
  if (mode === 'manual') return { mode: 'manual', nowMs: at.targetMs };
  if (mode === 'real') return { mode: 'real', offsetMs: at.targetMs - at.machineMs };
  if (mode !== 'accelerated')
    throw invalidRequest('Invalid mode: must be one of real, accelerated, or manual', { param: 'mode' });
  const rate = fields.rate === undefined && clock.mode === 'accelerated' ? clock.rate : Number(fields.rate);
  if (!(rate > 0 && rate <= 10_000_000)) throw invalidRequest('`rate` must be above 0.', { param: 'rate' });
  return { mode: 'accelerated', rate, sinceMs: at.machineMs, startMs: at.targetMs };
};

const wholeNumber = (value: unknown, param: string): number => {
  const number = Number(value);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw invalidRequest(`Invalid integer: ${String(value)}`, { param });
};

const faultIn = (core: Core, fields: Fields): FaultRule => {
  const { key, ...rule } = fields;
  const account = key === undefined ? {} : { account: accountIn(core, fields).record.id };
  return faultRuleFrom({ ...rule, ...account });
};

const removeFaults = (core: Core, id: string): object => {
  if (id === '') core.faults.clear();
  else if (!core.faults.remove(id)) throw invalidRequest(`No such fault: '${id}'`, { param: 'id' });
  return { data: core.faults.list() };
};

const shownMax = 100;

const newest = (account: Account, type: string): unknown[] => {
  const shown: unknown[] = [];
  for (const object of account.store.newestFirst(type)) {
    if (shown.push(object) === shownMax) break;
  }
  return shown;
};

const requestsOf = (core: Core, fields: Fields, id: string): object => {
  if (id === '') return { data: accountIn(core, fields).requests.latest(shownMax) };
  for (const account of core.accounts.values()) {
    const found = account.requests.find(id);
    if (found !== undefined) return found;
  }
  throw new Refusal(404, { type: 'invalid_request_error', message: `No such request: '${id}'` });
};

const objectsOf = (core: Core, fields: Fields): object => {
  const account = accountIn(core, fields);
  if (typeof fields.type === 'string') return { data: newest(account, fields.type) };
  const types = account.store.types().filter((type) => !type.startsWith('_'));
  return { types: Object.fromEntries(types.map((type) => [type, account.store.count(type)])) };
};

/** A new signing secret; the old one keeps signing beside it for a while, as with "roll secret" in Stripe's dashboard. */
const rollSecret = (core: Core, fields: Fields): object => {
  const account = accountIn(core, fields);
  const id = String(fields.endpoint ?? '');
  let secret = '';
  core.transact(account, noCause, (work) => {
    const endpoint = work.require(webhookEndpoints, id, 'endpoint');
    secret = `whsec_${work.newToken(32)}`;
    const until = core.options.now() / 1000 + wholeNumber(fields.expires_in_seconds ?? 86_400, 'expires_in_seconds');
    work.update(webhookEndpoints, endpoint, { _secret: secret, _previousSecret: { secret: endpoint._secret, until } });
  });
  return { endpoint: id, secret };
};
