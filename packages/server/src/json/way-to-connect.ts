import type { StripeHost, WayToConnect } from '@tollbridge/core';

export interface OfferedWay {
  readonly way: WayToConnect;
  readonly livemode: boolean;
  /** Whom it talks to unless somebody names another; null: both are offered, by the key that is given. */
  readonly host: StripeHost | null;
  /** Why this installation does not offer it at Stripe itself; null when it does. */
  readonly missingSetting: string | null;
}

export const wayToConnectToJson = ({ host, livemode, missingSetting, way }: OfferedWay) => ({
  object: 'way_to_connect' as const,
  mode: way.mode,
  title: way.title,
  livemode,
  default_host: host,
  missing_setting: missingSetting,
  accepts_existing_account: way.acceptsExistingAccount,
  needs: [...way.needs],
  cannot: [...way.cannot],
});
