import type { ErrorCode } from './api-types.generated.js';

export type ErrorType =
  | 'invalid_request'
  | 'authentication'
  | 'permission'
  | 'not_found'
  | 'conflict'
  | 'rate_limit'
  | 'stripe'
  | 'internal';

/** The body of every refusal. */
export interface ErrorBody {
  readonly type: ErrorType;
  readonly code: ErrorCode;
  readonly message: string;
  readonly param: string | null;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly doc_url: string;
  readonly request_id: string;
}

/** Everything this package throws on purpose. */
export class TollbridgeError extends Error {
  override readonly name: string = 'TollbridgeError';
}

/** Tollbridge refused. `code` is stable and says why; `type` says of which kind it is. */
export class ApiError extends TollbridgeError {
  override readonly name: string = 'ApiError';
  readonly status: number;
  readonly type: ErrorType;
  readonly code: ErrorCode;
  /** The parameter it is about, such as `lines[0][quantity]`. */
  readonly param: string | null;
  readonly details: Readonly<Record<string, unknown>>;
  readonly docUrl: string;
  /** To be quoted when something is reported. */
  readonly requestId: string;

  constructor(status: number, body: ErrorBody) {
    super(body.message);
    this.status = status;
    this.type = body.type;
    this.code = body.code;
    this.param = body.param;
    this.details = body.details ?? {};
    this.docUrl = body.doc_url;
    this.requestId = body.request_id;
  }
}

/** A parameter is missing, unknown or wrong; `param` names it. */
export class InvalidRequestError extends ApiError {
  override readonly name = 'InvalidRequestError';
}

/** There is no key, or it is not valid any more. */
export class AuthenticationError extends ApiError {
  override readonly name = 'AuthenticationError';
}

/** The key may not do this. */
export class PermissionError extends ApiError {
  override readonly name = 'PermissionError';
}

/** There is no such object in the environment of the key. */
export class NotFoundError extends ApiError {
  override readonly name = 'NotFoundError';
}

/** The object is not in a state that allows it, or somebody else was first. */
export class ConflictError extends ApiError {
  override readonly name = 'ConflictError';
}

/** Too many requests, still after all tries. */
export class RateLimitError extends ApiError {
  override readonly name = 'RateLimitError';
}

/** Stripe refused, or could not be reached from the server. */
export class StripeError extends ApiError {
  override readonly name = 'StripeError';
}

/** A fault on the server's side, still after all tries. */
export class ServerError extends ApiError {
  override readonly name = 'ServerError';
}

/** No answer came; whether the server has done it is unknown. The same idempotency key makes asking again safe. */
export class ConnectionError extends TollbridgeError {
  override readonly name = 'ConnectionError';
}

/** A webhook is not from Tollbridge, was changed on its way, or is too old. */
export class WebhookSignatureError extends TollbridgeError {
  override readonly name = 'WebhookSignatureError';
}

const CLASSES: Readonly<Record<ErrorType, new (status: number, body: ErrorBody) => ApiError>> = {
  invalid_request: InvalidRequestError,
  authentication: AuthenticationError,
  permission: PermissionError,
  not_found: NotFoundError,
  conflict: ConflictError,
  rate_limit: RateLimitError,
  stripe: StripeError,
  internal: ServerError,
};

/** The error of an answer; what is not in the API's own form came from something in between, such as a proxy. */
export function errorFromAnswer(status: number, text: string): ApiError {
  const body = bodyOf(text);
  // Not by the look of it alone: every object has a `constructor`.
  if (body !== null) return new (Object.hasOwn(CLASSES, body.type) ? CLASSES[body.type] : ApiError)(status, body);
  return new ServerError(status, {
    type: 'internal',
    code: 'internal_error',
    message: `The server answered ${status} in a form that is not Tollbridge's.`,
    param: null,
    doc_url: '',
    request_id: '',
  });
}

function bodyOf(text: string): ErrorBody | null {
  try {
    const { error } = JSON.parse(text) as { error?: ErrorBody };
    return typeof error?.code === 'string' ? error : null;
  } catch {
    return null;
  }
}
