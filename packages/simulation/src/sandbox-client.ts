import type { Sandbox } from '@tollbridge/sandbox';
import Stripe from 'stripe';

/** Lets something happen around one call outside: the simulation's faults and crashes. */
export type Gate = <T>(label: string, operation: () => Promise<T>) => Promise<T>;

export const openGate: Gate = (_label, operation) => operation();

type Headers = Readonly<Record<string, string>>;

export interface SandboxClientOptions {
  readonly gate?: Gate;
  /** The clock by which a call is given up after its timeout. */
  readonly now?: () => number;
  /** Looks at every call that reaches the sandbox, before it is carried out and after. */
  readonly witness?: {
    before(call: { readonly method: string; readonly path: string; readonly headers: Headers }): void;
    after(): Promise<void>;
  };
}

/** The official SDK's way to a sandbox inside this process: no sockets, and every call passes the gate. */
export class SandboxHttpClient extends Stripe.HttpClient {
  readonly #sandbox: Sandbox;
  readonly #gate: Gate;
  readonly #now: () => number;
  readonly #witness: SandboxClientOptions['witness'];

  constructor(sandbox: Sandbox, options: SandboxClientOptions = {}) {
    super();
    this.#sandbox = sandbox;
    this.#gate = options.gate ?? openGate;
    this.#now = options.now ?? (() => 0);
    this.#witness = options.witness;
  }

  override getClientName(): string {
    return 'in-process sandbox';
  }

  override makeRequest(
    _host: string,
    _port: string | number,
    path: string,
    method: string,
    headers: object,
    requestData: unknown,
    _protocol: string,
    timeoutMilliseconds: number,
  ): Promise<Stripe.HttpClientResponse> {
    const deadline = this.#now() + timeoutMilliseconds;
    const sent = lowerCaseNames(headers as Record<string, string>);
    const [plainPath = ''] = path.split('?');
    return this.#gate(`stripe ${method} ${plainPath}`, async () => {
      // A real call is given up after its timeout, which does not take it back: it may arrive within the minute, when
      // nobody hears of the answer any more. Later than that it was lost on its way.
      const lateMilliseconds = this.#now() - deadline;
      if (lateMilliseconds > LATE_MAX_MILLISECONDS) throw Stripe.HttpClient.makeTimeoutError();
      this.#witness?.before({ method, path: plainPath, headers: sent });
      const body = typeof requestData === 'string' ? requestData : '';
      const answer = this.#sandbox.handle({ method, url: path, headers: sent, body });
      await this.#witness?.after();
      if (lateMilliseconds > 0) throw Stripe.HttpClient.makeTimeoutError();
      if (answer.kind === 'cut') throw new ConnectionCut();
      return new SandboxResponse(answer.status, answer.headers, answer.body) as unknown as Stripe.HttpClientResponse;
    });
  }
}

/** A little less than the product waits before it believes that a call came to nothing (`connections/late-calls.ts`). */
const LATE_MAX_MILLISECONDS = 55_000;

/** Not one of the codes after which the SDK itself would try again, by its own clock. */
class ConnectionCut extends Error {
  readonly code = 'ECONNCUT';
  constructor() {
    super('the connection was cut');
  }
}

const lowerCaseNames = (headers: Headers): Headers =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));

class SandboxResponse extends Stripe.HttpClientResponse {
  readonly #body: string;

  constructor(status: number, headers: Readonly<Record<string, string>>, body: string) {
    super(status, { ...headers });
    this.#body = body;
  }

  /** The SDK writes the request's id into it, so it is an object of its own. */
  override getRawResponse(): unknown {
    return { headers: this.getHeaders() };
  }

  override toStream(): never {
    throw new Error('the sandbox streams nothing');
  }

  override async toJSON(): Promise<unknown> {
    return JSON.parse(this.#body);
  }
}
