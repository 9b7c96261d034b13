import type { ProblemKind } from '../problem.js';

export const WEBHOOK_PROBLEMS = {
  webhook_delivery_not_sendable: {
    status: 409,
    type: 'conflict',
    meaning: 'The endpoint of this delivery was deleted or is switched off.',
  },
  webhook_endpoint_disabled: {
    status: 409,
    type: 'conflict',
    meaning: 'The endpoint is switched off; switch it on first.',
  },
  webhook_endpoints_limit: {
    status: 409,
    type: 'conflict',
    meaning: 'The environment has as many endpoints as it may.',
  },
  webhook_url_refused: {
    status: 400,
    type: 'invalid_request',
    meaning: 'Webhooks go to public https addresses; test environments also take http and loopback.',
  },
} as const satisfies Record<string, ProblemKind>;
