import { contract } from '../contract/contract.js';
import { notificationMisfits, snapshotMisfits } from '../contract/event-check.js';
import { typeNameOfObject } from '../contract/object-types.js';
import { refusalMisfits } from '../contract/refusal-check.js';
import { answerMisfits, misfits } from '../contract/response-check.js';
import type { WebhookPost } from '../delivery-queue.js';
import type { EventObject } from '../events.js';
import { Router } from '../router.js';

/** One answer, as far as it can be held against the contract. */
export interface CheckedAnswer {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly status: number;
  readonly version: string;
  readonly content: unknown;
}

/** Whether an address is one of Stripe's API, and neither a page nor one of the sandbox's own. */
export const isOfApi = (url: string): boolean => /^\/(v1|v2|oauth)\//.test(url) && !url.startsWith('/oauth/authorize');

/** More than anybody reads. */
const misfitsMax = 50;

/** Holds answers and events against the contract as they come: refusals and all versions too. */
export class ContractCheck {
  readonly #found: string[] = [];
  readonly #excused = new Set<string>();

  look(answer: CheckedAnswer): void {
    if (this.#found.length < misfitsMax) this.#note(`${answer.method} ${answer.url}`, misfitsOf(answer));
  }

  /** Events of this type were made by a test, and may be like none of Stripe. */
  excuse(eventType: string): void {
    this.#excused.add(eventType);
  }

  /** A webhook as its receiver gets it. */
  lookAtPost({ eventType, payload, body }: Pick<WebhookPost, 'body' | 'eventType' | 'payload'>): void {
    if (this.#excused.has(eventType)) return;
    const content: unknown = JSON.parse(body);
    this.#note(`pushed ${eventType}`, payload === 'thin' ? notificationMisfits(content) : snapshotMisfits(content));
  }

  /** An event as it is kept, whether somebody is sent it or not. */
  lookAtEvent(event: EventObject): void {
    if (this.#excused.has(event.type)) return;
    this.#note(`kept ${event.type}`, snapshotMisfits(event));
  }

  #note(where: string, misfits: readonly string[]): void {
    for (const misfit of misfits) if (this.#found.length < misfitsMax) this.#found.push(`${where}: ${misfit}`);
  }

  /** What did not fit so far, with its request; empty when all did. */
  misfits(): string[] {
    return [...this.#found];
  }

  /** Throws when something did not fit, so that a file of tests need not remember to ask. */
  end(): void {
    if (this.#found.length === 0) return;
    throw new Error(`Answers that do not fit the contract:\n${this.#found.join('\n')}`);
  }
}

const operations = new Router<string>();
for (const operation of Object.keys(contract.operations)) operations.add(operation.replaceAll('*', ':any'), operation);

/** What the official CLI asks beside the public API, of which there are no types. */
const beyondTheTypes =
  /^(POST \/v1\/(stripecli\/sessions|payment_pages\/[^/]+\/confirm|events\/[^/]+\/retry)|(GET|POST) \/v1\/payment_pages\/[^/]+)$/;

const misfitsOf = ({ method, url, status, version, content }: CheckedAnswer): string[] => {
  const path = url.split('?')[0] ?? '';
  if (status !== 200) return refusalMisfits({ path, status, version, content });
  const operation = operations.find(method, path)?.value;
  if (operation !== undefined) return answerMisfits(operation, content, version);
  if (beyondTheTypes.test(`${method} ${path}`)) return [];
  // Served beside what is in scope, such as an account by its id: an object is known by its kind.
  const type = typeNameOfObject(String((content as { object?: unknown } | null)?.object));
  return type === undefined ? ['an answer of which the contract knows nothing'] : misfits(`@${type}`, content, version);
};
