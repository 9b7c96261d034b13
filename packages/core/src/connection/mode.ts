/**
 * How an account is connected. `key`: it exists, and gave us one of its keys. `managed`: our platform made it. `oauth`: it exists,
 * and let our platform in.
 */
export type ConnectionMode = 'key' | 'managed' | 'oauth';
