import type { Account, KeyRecord } from './account.js';
import { keyRecords } from './account.js';
import { strikeAccount } from './account-faults.js';
import { refusalContent, type SandboxAnswer, type SandboxRequest } from './answer.js';
import { readParams } from './api-params.js';
import {
  failureOf,
  faultRefusal,
  lockTimeout,
  noAccess,
  rateLimited,
  secretKeyRequired,
  unknownUrl,
} from './api-refusals.js';
import { ApiWork } from './api-request.js';
import { type AccountState, accountStates } from './connect/account-state.js';
import { applicationActing, connections } from './connection.js';
import { contractKey } from './contract/contract.js';
import type { Core } from './core.js';
import { Refusal } from './errors.js';
import { renderAnswer } from './expand.js';
import type { FaultRule } from './faults.js';
import {
  fingerprintOf,
  isSaved,
  type Keeping,
  keyInUse,
  pruneAnswers,
  type SavedAnswer,
  saveAnswer,
  savedAnswer,
  version1Keeping,
  version2Keeping,
} from './idempotency.js';
import { prefixed } from './ids.js';
import { isOver } from './key-changes.js';
import { invalidKey, type Key, keyFrom, revokedKey } from './keys.js';
import { withoutLater } from './later-fields.js';
import { isOauthRefusal, oauthContent } from './oauth-refusals.js';
import type { Handler } from './operation.js';
import { publishableMay, requirePermission } from './permissions.js';
import { redacted, withoutSecrets } from './redacted.js';
import type { Found } from './router.js';
import { invalidVersion, isVersion, latestVersion } from './versions.js';

/** One call on its way through; filled step by step, so that an error says as much as is known by then. */
interface Call {
  readonly core: Core;
  readonly request: SandboxRequest;
  readonly path: string;
  readonly query: string;
  readonly requestId: string;
  account: Account | undefined;
  version: string;
  /** The platform that asks, where it is not the account's holder. */
  application: string | undefined;
  idempotencyKey: string | undefined;
  fault: FaultRule | undefined;
  replayed: boolean;
}

interface Outcome {
  readonly status: number;
  readonly body: string;
  /** What the body says, kept instead of it: most of it are objects that are kept anyway. */
  readonly content: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers a call of the API: authenticate, match, replay or execute, keep the answer. Never throws. */
export const handleApi = (core: Core, request: SandboxRequest): SandboxAnswer => {
  const call = newCall(core, request, core.options.defaultVersion);
  const outcome = outcomeOf(call, () => answerCall(call));
  const fault = call.fault;
  if (call.account !== undefined) log(call, call.account, outcome);
  const delayMs = fault?.delayMs ?? 0;
  if (fault?.kind === 'cut_before_commit' || fault?.kind === 'cut_after_commit') return { kind: 'cut', delayMs };
  if (call.account !== undefined && delayMs > 0) holdUntilAnswered(call, call.account, delayMs);
  return { kind: 'response', status: outcome.status, headers: headersOf(call, outcome), body: outcome.body, delayMs };
};

/**
 * The same operation, asked for by somebody who is signed in to the account's dashboard: whatever became of its keys, and
 * beside the faults and limits, which are of the API. Gives the status and what the body says.
 */
export const handleOperator = (core: Core, account: Account, request: SandboxRequest): Outcome => {
  const call = newCall(core, request, latestVersion);
  call.account = account;
  const outcome = outcomeOf(call, () => {
    const found = core.operations.find(request.method, call.path);
    if (found === undefined) throw unknownUrl(request.method, call.path);
    return execute(call, account, found, { kind: 'secret' });
  });
  log(call, account, outcome);
  return outcome;
};

const newCall = (core: Core, request: SandboxRequest, version: string): Call => {
  const [path, query] = splitOnce(request.url, '?');
  return {
    core,
    request,
    path,
    query,
    requestId: prefixed(core.random, 'req', 14),
    account: undefined,
    version,
    application: undefined,
    idempotencyKey: undefined,
    fault: undefined,
    replayed: false,
  };
};

const outcomeOf = (call: Call, answer: () => Outcome): Outcome => {
  try {
    return answer();
  } catch (error) {
    if (call.account !== undefined) call.core.rollback(call.account);
    const refusal = error instanceof Refusal ? error : failureOf(error);
    return refusalOutcome(call, refusal);
  }
};

const refusalOutcome = (call: Call, refusal: Refusal): Outcome => {
  const logUrl = call.account === undefined ? null : `${call.core.baseUrl}/_sandbox/requests/${call.requestId}`;
  const content = isOauthRefusal(call.path, refusal)
    ? oauthContent(refusal)
    : withoutLater({ ...refusalContent(refusal, logUrl) }, call.version);
  return { status: refusal.status, content, body: JSON.stringify(content), headers: refusal.headers };
};

const answerCall = (call: Call): Outcome => {
  const { core, request, path } = call;
  const key = keyFrom(request.headers);
  const owner = core.accountOf(key);
  call.account = owner;
  const keyRecord = goodKeyRecord(core, owner, key);
  if (key.needsRecord && keyRecord === undefined) throw invalidKey(key.text);
  call.version = requestVersion(request, owner);
  const account = actingFor(call, owner, key);
  call.account = account;
  call.application = applicationActing(account, owner, key.text);
  call.fault = core.faults.forRequest(account.record.id, request.method, path);
  const found = core.operations.find(request.method, path);
  if (found === undefined) throw unknownUrl(request.method, path);
  if (key.kind === 'publishable' && !publishableMay(found.route)) throw secretKeyRequired();
  if (key.kind === 'restricted') {
    const permissions = keyRecord?.permissions ?? null;
    requirePermission({ key: key.text, accountId: account.record.id, method: request.method, path, permissions });
  }
  strike(call, account, key);
  checkRate(call, account, found);
  if (call.fault?.kind === 'cut_before_commit') return { status: 0, content: {}, body: '' };
  const isOnce = isIdempotent(call);
  // Before the lock: whoever repeats a request that is on its way is told so, not that its object is busy.
  if (isOnce) checkKeyInUse(call, account);
  checkLock(call, account, found);
  return isOnce ? answerOnce(call, account, found, key) : execute(call, account, found, key);
};

/** What is kept of the key, if anything; refused once the key is over. */
const goodKeyRecord = (core: Core, owner: Account, key: Key): KeyRecord | undefined => {
  const record = owner.store.get(keyRecords.type, key.text) as KeyRecord | undefined;
  if (record !== undefined && isOver(record, owner.nowMs(core.options.now()) / 1000)) throw revokedKey(key.text);
  return record;
};

/** Whether the key may still act for the account that it names. */
const requireAccess = (call: Call, key: Key): void => {
  const owner = call.core.accountOf(key);
  goodKeyRecord(call.core, owner, key);
  actingFor(call, owner, key);
};

/** The account the request is about: the key's own, or the one a platform names and is connected to. */
const actingFor = ({ core, request }: Call, owner: Account, key: Key): Account => {
  const header = request.headers['stripe-account'] ?? request.headers['stripe-context'];
  // A context may name the accounts in between as well.
  const named = header?.split('/').at(-1) ?? '';
  if (named === '' || named === owner.record.id) return owner;
  const connected = core.accountById(named);
  const isConnected = connected?.store.get(connections.type, owner.record.id) !== undefined;
  // Of a closed account some can still be read, and nothing can be done.
  if (isConnected && (request.method === 'GET' || !isClosed(connected))) return connected;
  throw noAccess(key, named);
};

const isClosed = ({ record, store }: Account): boolean =>
  (store.get(accountStates.type, record.id) as AccountState | undefined)?.closed === true;

const isIdempotent = (call: Call): boolean => {
  const key = call.request.headers['idempotency-key'];
  const counts = call.request.method === 'POST' || (call.request.method === 'DELETE' && isVersion2(call.path));
  if (key === undefined || key === '' || !counts) return false;
  call.idempotencyKey = key;
  return true;
};

const isVersion2 = (path: string): boolean => path.startsWith('/v2/');

const keepingOf = (path: string): Keeping => (isVersion2(path) ? version2Keeping : version1Keeping);

const keyName = (call: Call): string => `key ${keepingOf(call.path).collection.type} ${call.idempotencyKey ?? ''}`;

const checkKeyInUse = (call: Call, account: Account): void => {
  const isInUse = (account.inFlight.get(keyName(call)) ?? 0) > call.core.options.now();
  if (isInUse) throw keyInUse(call.idempotencyKey ?? '');
};

const answerOnce = (call: Call, account: Account, found: Found<Handler>, key: Key): Outcome => {
  const { core, request } = call;
  const nowMs = core.options.now();
  const savedKey = call.idempotencyKey ?? '';
  const keeping = keepingOf(call.path);
  const fingerprint = fingerprintOf(request.method, request.url, request.body);
  const saved = savedAnswer(account, keeping, { key: savedKey, fingerprint, nowMs });
  if (saved !== undefined && !isExecutedAgain(call, saved)) {
    call.replayed = true;
    const headers = { 'idempotent-replayed': 'true', 'original-request': saved.requestId };
    return { status: saved.status, content: saved.content, body: JSON.stringify(saved.content), headers };
  }
  core.commit(account);
  return execute(call, account, found, key, (done) => {
    if (!isSaved(done.outcome.status, done.isBeforeExecution) || done.isBug) return;
    const answer = {
      id: savedKey,
      fingerprint,
      status: done.outcome.status,
      content: done.outcome.content,
      requestId: call.requestId,
    };
    saveAnswer(account, keeping, { ...answer, savedAtMs: nowMs });
    pruneAnswers(account, nowMs);
  });
};

/** v2 runs again what failed instead of repeating the failure: https://docs.stripe.com/api-v2-overview */
const isExecutedAgain = (call: Call, saved: SavedAnswer): boolean => isVersion2(call.path) && saved.status >= 300;

interface Done {
  readonly outcome: Outcome;
  readonly isBeforeExecution: boolean;
  readonly isBug: boolean;
}

/** Checks the parameters, runs the handler, and commits its writes together with what `keep` adds. */
const execute = (
  call: Call,
  account: Account,
  found: Found<Handler>,
  key: Pick<Key, 'kind'>,
  keep: (done: Done) => void = () => undefined,
): Outcome => {
  const { core, requestId } = call;
  const done = attempt(call, () => {
    const operation = contractKey(found.route);
    const { params, expand } = readParams({ ...call, isJson: isVersion2(call.path) }, operation);
    const cause = {
      requestId,
      idempotencyKey: call.idempotencyKey ?? null,
      ...(call.application === undefined ? {} : { application: call.application }),
      now: Math.floor(account.nowMs(core.options.now()) / 1000),
      clockId: null,
    };
    const publishable = key.kind === 'publishable';
    let isForgotten = false;
    const work = new ApiWork(core, account, cause, {
      method: call.request.method,
      url: call.path,
      path: found.path,
      version: call.version,
      publishable,
      params,
      forget: () => {
        isForgotten = true;
      },
    });
    // What fell due before this moment happened before this request.
    core.tickAccount(account);
    if (call.fault?.kind === 'status') throw faultRefusal(call.fault);
    const answer = renderAnswer(work, found.value(work), call.version, expand);
    if (isForgotten) core.rollback(account);
    return answer;
  });
  keep(done);
  core.commit(account);
  return done.outcome;
};

const attempt = (call: Call, run: () => object): Done => {
  try {
    const content = run();
    const outcome = { status: 200, content, body: JSON.stringify(content) };
    return { outcome, isBeforeExecution: false, isBug: false };
  } catch (error) {
    const refusal = error instanceof Refusal ? error : failureOf(error);
    if (!refusal.commits && call.account !== undefined) call.core.rollback(call.account);
    const outcome = refusalOutcome(call, refusal);
    return { outcome, isBeforeExecution: refusal.isBeforeExecution, isBug: refusal !== error };
  }
};

const requestVersion = (request: SandboxRequest, account: Account): string => {
  const given = request.headers['stripe-version'];
  if (given === undefined || given === '') return account.record.defaultVersion;
  if (!isVersion(given)) throw invalidVersion(given);
  return given;
};

/** Faults that strike before the request begins to execute, so that nothing is kept under its idempotency key. */
const strike = (call: Call, account: Account, key: Key): void => {
  const { core, fault } = call;
  if (fault === undefined) return;
  strikeAccount(core, account, fault);
  if (fault.kind === 'account_deauthorized') requireAccess(call, key);
  if (fault.kind === 'key_revoked') {
    const owner = core.accountOf(key);
    owner.store.put(keyRecords, { id: key.text, revoked: true, permissions: null } as KeyRecord);
    core.commit(owner);
    throw revokedKey(key.text);
  }
  if (fault.kind === 'rate_limit') throw rateLimited('global-rate');
  if (fault.kind === 'lock_timeout') throw lockTimeout();
};

/** Limits come before idempotency: a replay counts, and what they refuse is kept under no key. */
const checkRate = (call: Call, account: Account, { route }: Found<Handler>): void => {
  const { livemode, hasRateLimits } = account.record;
  if (hasRateLimits !== true) return;
  const { path, core, request } = call;
  const nowMs = core.options.now();
  const reason = account.rateLimits.reasonToRefuse({ method: request.method, route, path, livemode, nowMs });
  if (reason !== undefined) throw rateLimited(reason);
};

/** While a delayed answer for an object is on its way, other writes to the object find it locked. */
const checkLock = (call: Call, account: Account, found: Found<Handler>): void => {
  if (call.request.method === 'GET' || account.inFlight.size === 0) return;
  const [id] = Object.values(found.path);
  if (id !== undefined && (account.inFlight.get(`object ${id}`) ?? 0) > call.core.options.now()) throw lockTimeout();
};

const holdUntilAnswered = (call: Call, account: Account, delayMs: number): void => {
  const until = call.core.options.now() + delayMs;
  for (const [name, time] of account.inFlight) if (time <= until - delayMs) account.inFlight.delete(name);
  if (call.request.method === 'GET') return;
  if (call.idempotencyKey !== undefined) {
    account.inFlight.set(keyName(call), until);
  }
  const [id] = Object.values(call.core.operations.find(call.request.method, call.path)?.path ?? {});
  if (id !== undefined) account.inFlight.set(`object ${id}`, until);
};

/** https://docs.stripe.com/api/request_ids and the headers seen in recordings of the API. */
const headersOf = (call: Call, outcome: Outcome): Record<string, string> => {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'request-id': call.requestId,
    'stripe-version': call.version,
  };
  if (call.request.method === 'POST') {
    headers['original-request'] = call.requestId;
    if (outcome.status < 500) headers['stripe-should-retry'] = 'false';
  }
  const key = call.request.headers['idempotency-key'];
  if (key !== undefined && key !== '') headers['idempotency-key'] = key;
  return outcome.headers === undefined ? headers : Object.assign(headers, outcome.headers);
};

const log = (call: Call, account: Account, outcome: Outcome): void =>
  account.requests.add({
    id: call.requestId,
    method: call.request.method,
    url: call.request.url,
    status: outcome.status,
    at: call.core.options.now(),
    version: call.version,
    idempotencyKey: call.request.headers['idempotency-key'] ?? null,
    replayed: call.replayed,
    body: redacted(call.request.body),
    answer: withoutSecrets(outcome.body),
    fault: call.fault?.kind ?? null,
  });

const splitOnce = (text: string, mark: string): [string, string] => {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
};
