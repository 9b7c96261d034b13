/** The inside of `{ "error": … }` as Stripe words it: https://docs.stripe.com/api/errors */
export interface ErrorBody {
  readonly type: 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error';
  readonly message: string;
  readonly code?: string;
  readonly param?: string;
  readonly decline_code?: string;
  readonly advice_code?: string;
  readonly [field: string]: unknown;
}

/**
 * A refusal that ends a request. It is thrown from any depth of a handler and caught in one place, the request loop.
 * With `commits` what was written before it stays (a declined charge exists), otherwise nothing of the request does.
 */
export class Refusal {
  readonly status: number;
  readonly body: ErrorBody;
  readonly commits: boolean;
  /** The request never began to execute: its answer is not kept under its idempotency key. */
  readonly isBeforeExecution: boolean;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, body: ErrorBody, options: RefusalOptions = {}) {
    this.status = status;
    this.body = body;
    this.commits = options.commits ?? false;
    this.isBeforeExecution = options.isBeforeExecution ?? body.param !== undefined;
    this.headers = options.headers ?? {};
  }
}

interface RefusalOptions {
  readonly commits?: boolean;
  /** Left out, a refusal that names a parameter is one. */
  readonly isBeforeExecution?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** 400 `invalid_request_error`: the request was wrong and nothing was done. */
export const invalidRequest = (message: string, facts: { code?: string; param?: string } = {}): Refusal =>
  new Refusal(400, { type: 'invalid_request_error', message, ...facts });

/** 400 for an empty value of what cannot be unset. */
export const emptyParameter = (param: string): Refusal =>
  invalidRequest(
    `You passed an empty string for '${param}'. We assume empty values are an attempt to unset a parameter; however '${param}' cannot be unset. You should remove '${param}' from your request or supply a non-empty value.`,
    { code: 'parameter_invalid_empty', param },
  );

/** 400 for a transition the object's state does not allow, for example `payment_intent_unexpected_state`. */
export const unexpectedState = (code: string, message: string, object: Record<string, unknown> = {}): Refusal =>
  new Refusal(400, { type: 'invalid_request_error', code, message, ...object });

/** Missing in the path: 404 with param `id`. Missing in the body: 400 with the full path of the parameter. */
export const resourceMissing = (label: string, id: string, param?: string): Refusal =>
  new Refusal(param === undefined ? 404 : 400, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No such ${label}: '${id}'`,
    param: param ?? 'id',
  });

export interface Decline {
  /** `card_declined`, `expired_card`, `incorrect_cvc`, `processing_error`, `authentication_required`, … */
  readonly code: string;
  readonly message: string;
  readonly declineCode?: string;
  readonly adviceCode?: string;
  /** Further facts of the error object: `charge`, `payment_intent`, `payment_method`, `setup_intent`. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** 402 `card_error`. What the attempt wrote stays: the intent moved and a failed charge exists. */
export const declined = (decline: Decline): Refusal =>
  new Refusal(
    402,
    {
      type: 'card_error',
      code: decline.code,
      message: decline.message,
      ...(decline.declineCode === undefined ? {} : { decline_code: decline.declineCode }),
      ...(decline.adviceCode === undefined ? {} : { advice_code: decline.adviceCode }),
      ...decline.facts,
    },
    { commits: true },
  );
