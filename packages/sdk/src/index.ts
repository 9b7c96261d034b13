export type * from './api.generated.js';
export type * from './api-types.generated.js';
export * from './errors.js';
export { Tollbridge } from './tollbridge.js';
export type { ClientOptions, Listing, Page, RequestOptions } from './transport.js';
export {
  type VerifyOptions,
  verifyWebhook,
  type WebhookEvent,
  type WebhookEventType,
  type WebhookHeaders,
} from './webhooks.js';
