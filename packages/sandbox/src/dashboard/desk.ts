import type { Account } from '../account.js';
import { AccountWork } from '../account-work.js';
import { handleOperator } from '../api.js';
import type { Collection, StoredObject, StripeObject } from '../collection.js';
import { handleControl } from '../control.js';
import type { Core } from '../core.js';
import { noCause } from '../engine.js';
import { type ErrorBody, Refusal } from '../errors.js';
import { shown } from '../rendering.js';
import { latestVersion } from '../versions.js';

/** The latest of a list: a page is for people, and more than this nobody reads. */
export const shownMax = 100;

type Parameters = Readonly<Record<string, string>>;

/**
 * What the pages of one account stand on. They read what is kept, and change nothing themselves: every change is an
 * operation of the API or a call of the control API.
 */
export class Desk {
  readonly core: Core;
  readonly account: Account;

  constructor(core: Core, account: Account) {
    this.core = core;
    this.account = account;
  }

  get accountId(): string {
    return this.account.record.id;
  }

  /** Any key of the account, by which the control API knows it. */
  get key(): string {
    return `sk_${this.account.record.livemode ? 'live' : 'test'}_${this.account.record.keyBody}`;
  }

  /** Seconds of the account's clock. */
  get now(): number {
    return Math.floor(this.account.nowMs(this.core.options.now()) / 1000);
  }

  /** Where a page of this account is. */
  path(...segments: readonly string[]): string {
    return ['/dashboard', this.accountId, ...segments.map(encodeURIComponent)].join('/');
  }

  /** For reading: what it writes is not kept. */
  get work(): AccountWork {
    return new AccountWork(this.core, this.account, noCause, { now: this.now, clockId: null });
  }

  /** The newest first, as they are kept. */
  latest<T extends StoredObject>(collection: Collection<T>): T[] {
    return this.latestOf(collection.type) as T[];
  }

  latestOf(type: string): StoredObject[] {
    const found: StoredObject[] = [];
    for (const object of this.account.store.newestFirst(type)) {
      if (found.push(object) === shownMax) break;
    }
    return found;
  }

  /** As the API shows it today. */
  shown(object: StoredObject): StripeObject {
    return shown(this.work, object, latestVersion);
  }

  /** An operation of the API, done as whoever owns the account. Its refusal is thrown. */
  api(method: string, path: string, params: Parameters = {}): StripeObject {
    const body = new URLSearchParams(params).toString();
    const { status, content } = handleOperator(this.core, this.account, { method, url: path, headers: {}, body });
    refuse(status, content);
    return content as StripeObject;
  }

  /** A call of the control API about this account. Its refusal is thrown. */
  control(method: string, noun: string, fields: Readonly<Record<string, unknown>>): StripeObject {
    const body = JSON.stringify({ account: this.accountId, ...fields });
    const answer = handleControl(this.core, { method, url: `/_sandbox/${noun}`, headers: {}, body });
    if (answer.kind !== 'response') return {};
    const content = JSON.parse(answer.body) as StripeObject;
    refuse(answer.status, content);
    return content;
  }
}

const refuse = (status: number, content: object): void => {
  if (status >= 400) throw new Refusal(status, (content as { error: ErrorBody }).error);
};
