import type { Sandbox } from '@tollbridge/sandbox';
import Stripe from 'stripe';

/** Lets something happen around one call outside: the simulation's faults and crashes. */
export type Gate = <T>(label: string, operation: () => Promise<T>) => Promise<T>;

export const openGate: Gate = (_label, operation) => operation();

/** The official SDK's way to a sandbox inside this process: no sockets, and every call passes the gate. */
export class SandboxHttpClient extends Stripe.HttpClient {
  readonly #sandbox: Sandbox;
  readonly #gate: Gate;
  readonly #now: () => number;

  constructor(sandbox: Sandbox, gate: Gate = openGate, now: () => number = () => 0) {
    super();
    this.#sandbox = sandbox;
    this.#gate = gate;
    this.#now = now;
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
    return this.#gate(`stripe ${method} ${path.split('?')[0]}`, async () => {
      // A real call is given up after its timeout: however long it waits at the gate, it is never sent later than that.
      if (this.#now() > deadline) throw Stripe.HttpClient.makeTimeoutError();
      const answer = this.#sandbox.handle({
        method,
        url: path,
        headers: lowerCaseNames(headers as Record<string, string>),
        body: typeof requestData === 'string' ? requestData : '',
      });
      if (answer.kind === 'cut') throw new ConnectionCut();
      return new SandboxResponse(answer.status, answer.headers, answer.body) as unknown as Stripe.HttpClientResponse;
    });
  }
}

/** Not one of the codes after which the SDK itself would try again, by its own clock. */
class ConnectionCut extends Error {
  readonly code = 'ECONNCUT';
  constructor() {
    super('the connection was cut');
  }
}

const lowerCaseNames = (headers: Record<string, string>): Record<string, string> =>
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
