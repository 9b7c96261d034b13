import { instantOf, isoFromInstant } from '@tollbridge/core';

interface StrayEndpoint {
  readonly stripeId: string;
  readonly url: string;
  readonly status: string;
  readonly createdSeconds: number;
  readonly connectionId: string | null;
}

export const strayEndpointToJson = (endpoint: StrayEndpoint) => ({
  object: 'stray_endpoint' as const,
  stripe_id: endpoint.stripeId,
  url: endpoint.url,
  status: endpoint.status,
  connection_id: endpoint.connectionId,
  created_at: isoFromInstant(instantOf(endpoint.createdSeconds * 1000)),
});
