import { type ApiError, ConnectionError, errorFromAnswer } from './errors.js';

export interface ClientOptions {
  /** A secret key: `tb_test_…` or `tb_live_…`. It belongs on a server, never in a browser. */
  readonly apiKey: string;
  /** Where Tollbridge runs, such as `http://127.0.0.1:4400`. */
  readonly baseUrl?: string;
  /** Tries after the first one; 3 when left out. */
  readonly retriesMax?: number;
  /** How long one try may take; 60 seconds when left out. */
  readonly timeoutMilliseconds?: number;
  /** Another `fetch`, for example one with a proxy. */
  readonly fetch?: typeof fetch;
}

export interface RequestOptions {
  /** Left out, a write gets one of its own, the same for all its tries. */
  readonly idempotencyKey?: string;
  readonly timeoutMilliseconds?: number;
  /** Ends the request from outside, tries that are still to come as well. */
  readonly signal?: AbortSignal;
}

export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: object;
  readonly body?: object | null;
  /** A list without pages. */
  readonly isWhole?: boolean;
}

export interface Page<Item> {
  readonly object: 'list';
  readonly data: Item[];
  readonly has_more: boolean;
}

/**
 * A list, newest first. `await` gives its first page, of 100 unless `limit` says otherwise; `for await` gives every item
 * of all pages.
 */
export type Listing<Item> = Promise<Page<Item>> & AsyncIterable<Item>;

export interface Transport {
  send<Answer>(request: ApiRequest, options: RequestOptions): Promise<Answer>;
  list<Item>(request: ApiRequest, options: RequestOptions): Listing<Item>;
}

const BASE_URL = 'http://127.0.0.1:4400';
const RETRIES_MAX = 3;
const TIMEOUT_MILLISECONDS = 60_000;
const BACKOFF_FIRST_MILLISECONDS = 250;
/** A server that asks for more patience than this is not waited for. */
const WAIT_MAX_MILLISECONDS = 30_000;
/** A loop over a list ends somewhere, also when the server says otherwise. */
const PAGES_MAX = 100_000;
const PAGE_SIZE = 100;

export function openTransport(options: ClientOptions): Transport {
  const send = <Answer>(request: ApiRequest, more: RequestOptions): Promise<Answer> =>
    sendWithRetries(options, request, more) as Promise<Answer>;
  return { send, list: (request, more) => listing(send, request, more) };
}

async function sendWithRetries(client: ClientOptions, request: ApiRequest, options: RequestOptions): Promise<unknown> {
  const retriesMax = client.retriesMax ?? RETRIES_MAX;
  const isWrite = request.method !== 'GET';
  const idempotencyKey = isWrite ? (options.idempotencyKey ?? crypto.randomUUID()) : null;
  for (let retry = 0; ; retry++) {
    const tried = await tryOnce(client, request, { ...options, idempotencyKey });
    if (tried.kind === 'answer') return tried.answer;
    options.signal?.throwIfAborted();
    const wait = tried.retryAfterMilliseconds ?? backoffMilliseconds(retry);
    if (retry >= retriesMax || !tried.mayRetry || wait > WAIT_MAX_MILLISECONDS) throw tried.error;
    await pause(wait, options.signal);
  }
}

type Tried =
  | { readonly kind: 'answer'; readonly answer: unknown }
  | {
      readonly kind: 'failure';
      readonly error: Error;
      readonly mayRetry: boolean;
      readonly retryAfterMilliseconds: number | null;
    };

interface TryOptions extends Omit<RequestOptions, 'idempotencyKey'> {
  readonly idempotencyKey: string | null;
}

async function tryOnce(client: ClientOptions, request: ApiRequest, options: TryOptions): Promise<Tried> {
  const timeout = AbortSignal.timeout(
    options.timeoutMilliseconds ?? client.timeoutMilliseconds ?? TIMEOUT_MILLISECONDS,
  );
  const signal = options.signal === undefined ? timeout : AbortSignal.any([timeout, options.signal]);
  try {
    const response = await (client.fetch ?? fetch)(urlOf(client, request), {
      method: request.method,
      headers: headersOf(client, request, options),
      ...(request.body === undefined || request.body === null ? {} : { body: JSON.stringify(request.body) }),
      redirect: 'error',
      signal,
    });
    const text = await response.text();
    if (response.ok) return { kind: 'answer', answer: objectFrom(text) };
    const error = errorFromAnswer(response.status, text);
    return { kind: 'failure', error, mayRetry: mayRetry(error), retryAfterMilliseconds: retryAfterOf(response) };
  } catch (cause) {
    const reason = timeout.aborted ? 'it took too long' : messageOf(cause);
    const error = new ConnectionError(`No answer from Tollbridge: ${reason}.`, { cause });
    return { kind: 'failure', error, mayRetry: true, retryAfterMilliseconds: null };
  }
}

/** What is no object came from something in between, such as a proxy: whether the server has done it is unknown. */
function objectFrom(text: string): unknown {
  const answer: unknown = JSON.parse(text);
  if (typeof answer !== 'object' || answer === null) throw new Error('the answer is not in the form of Tollbridge');
  return answer;
}

/** What passes by itself. All tries of a write carry the same key, so it is done once however many arrive. */
const mayRetry = (error: ApiError): boolean =>
  error.status === 429 || error.status >= 500 || error.code === 'conflict_persisted';

function messageOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return cause.cause instanceof Error ? cause.cause.message : cause.message;
}

function urlOf(client: ClientOptions, request: ApiRequest): string {
  const url = new URL(request.path, client.baseUrl ?? BASE_URL);
  for (const [name, value] of Object.entries(request.query ?? {}))
    if (value !== undefined && value !== null) url.searchParams.set(name, String(value));
  return url.toString();
}

function headersOf(client: ClientOptions, request: ApiRequest, options: TryOptions): Record<string, string> {
  const hasBody = request.body !== undefined && request.body !== null;
  return {
    authorization: `Bearer ${client.apiKey}`,
    accept: 'application/json',
    ...(hasBody ? { 'content-type': 'application/json' } : {}),
    ...(options.idempotencyKey === null ? {} : { 'idempotency-key': options.idempotencyKey }),
  };
}

function retryAfterOf(response: Response): number | null {
  const seconds = Number(response.headers.get('retry-after') ?? 'none');
  return Number.isFinite(seconds) ? seconds * 1_000 : null;
}

/** Doubles from a quarter of a second, and comes up to a half earlier by chance, so that many do not return at once. */
function backoffMilliseconds(retry: number): number {
  const longest = BACKOFF_FIRST_MILLISECONDS * 2 ** retry;
  return longest - Math.random() * (longest / 2);
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', abort, { once: true });
  });
}

type Send = <Answer>(request: ApiRequest, options: RequestOptions) => Promise<Answer>;

function listing<Item>(send: Send, request: ApiRequest, options: RequestOptions): Listing<Item> {
  const page = async (query: object | undefined): Promise<Page<Item>> =>
    pageFrom(await send<Page<Item>>({ ...request, ...(query === undefined ? {} : { query }) }, options));
  const pageAfter = (cursor: object): Promise<Page<Item>> => page({ ...PAGED_BY, ...request.query, ...cursor });
  // A list that is not paged takes no limit: it is whole on its one page.
  const first: Promise<Page<Item>> = request.isWhole === true ? page(request.query) : pageAfter({});
  const isBackwards = (request.query as { ending_before?: string } | undefined)?.ending_before !== undefined;
  return Object.assign(first, { [Symbol.asyncIterator]: () => itemsOf(first, pageAfter, isBackwards) });
}

function pageFrom<Item>(answer: Page<Item>): Page<Item> {
  if (Array.isArray(answer.data)) return answer;
  throw new ConnectionError('No answer from Tollbridge: it is no list.');
}

const PAGED_BY = { limit: PAGE_SIZE };

async function* itemsOf<Item>(
  first: Promise<Page<Item>>,
  pageAfter: (cursor: object) => Promise<Page<Item>>,
  isBackwards: boolean,
): AsyncGenerator<Item, void> {
  let page = await first;
  for (let count = 0; count < PAGES_MAX; count++) {
    yield* isBackwards ? [...page.data].reverse() : page.data;
    const last = (isBackwards ? page.data[0] : page.data.at(-1)) as { readonly id?: string } | undefined;
    if (!page.has_more || last?.id === undefined) return;
    page = await pageAfter({ [isBackwards ? 'ending_before' : 'starting_after']: last.id });
  }
}
