import type { GatewayOptions, StripeGateway } from './gateway.js';

export interface LateGateway extends StripeGateway {
  /** Loads the SDK if nobody has asked anything yet. Errors: whatever keeps its files from being read. */
  load(): Promise<void>;
}

/**
 * The same way to Stripe, which loads the SDK when it is asked for the first time, or told to before: that is a tenth of a
 * start's time, and a start that waits for it answers later.
 */
export function openLateGateway(options: GatewayOptions): LateGateway {
  let opened: Promise<StripeGateway> | null = null;
  const gateway = () => {
    opened ??= import('./open-gateway.js').then(({ openStripeGateway }) => openStripeGateway(options));
    return opened;
  };
  return {
    async load() {
      await gateway();
    },
    async call(access, use) {
      return (await gateway()).call(access, use);
    },
    async clientIdOf(platform, application) {
      return (await gateway()).clientIdOf(platform, application);
    },
    async consentUrl(host, consent) {
      return (await gateway()).consentUrl(host, consent);
    },
    async verify(signed) {
      return (await gateway()).verify(signed);
    },
  };
}
