import type { ProblemKind } from '../problem.js';

/** Refusals that any route can give. */
export const GENERAL_PROBLEMS = {
  request_malformed: { status: 400, type: 'invalid_request', meaning: 'The body is not the JSON that was announced.' },
  encoding_invalid: {
    status: 400,
    type: 'invalid_request',
    meaning: 'The body is not in UTF-8, or the address is not percent-encoded UTF-8.',
  },
  parameter_missing: { status: 400, type: 'invalid_request', meaning: 'A required parameter is not there.' },
  parameter_unknown: { status: 400, type: 'invalid_request', meaning: 'A parameter is none of this operation.' },
  parameter_invalid: { status: 400, type: 'invalid_request', meaning: 'A parameter has a value it cannot have.' },
  cursor_unknown: { status: 400, type: 'invalid_request', meaning: 'The cursor of a list names nothing in it.' },
  idempotency_key_invalid: {
    status: 400,
    type: 'invalid_request',
    meaning: 'An idempotency key has 1 to 255 printable characters.',
  },
  api_key_missing: { status: 401, type: 'authentication', meaning: 'The request carries no secret API key.' },
  api_key_invalid: { status: 401, type: 'authentication', meaning: 'The key is unknown, revoked or expired.' },
  scope_missing: { status: 403, type: 'permission', meaning: 'The key may not do this: it lacks the scope.' },
  not_found: { status: 404, type: 'not_found', meaning: 'There is no such object in this environment.' },
  route_unknown: { status: 404, type: 'not_found', meaning: 'There is no such address, or not with this method.' },
  idempotency_key_reused: { status: 409, type: 'conflict', meaning: 'The key was used with another request.' },
  conflict_persisted: {
    status: 409,
    type: 'conflict',
    meaning: 'The object kept changing; nothing was done; try again.',
  },
  body_too_large: { status: 413, type: 'invalid_request', meaning: 'The body is larger than this route takes.' },
  content_type_unsupported: { status: 415, type: 'invalid_request', meaning: 'Bodies are sent as application/json.' },
  rate_limited: { status: 429, type: 'rate_limit', meaning: 'Too many requests; Retry-After says when to come again.' },
  internal_error: { status: 500, type: 'internal', meaning: 'A fault of ours; nothing more is known outside the log.' },
  database_unavailable: { status: 503, type: 'internal', meaning: 'The database is away for the moment; try again.' },
} as const satisfies Record<string, ProblemKind>;
