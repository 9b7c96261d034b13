import type { Settings } from '../config.js';
import { countConnectionsByPlatform } from '../store/connections.js';
import type { Database } from '../store/database.js';
import { platformKeyOf } from '../stripe-platform.js';
import { askAtStart, CannotStart } from './open-database.js';

/**
 * Connections whose account our platform made, or was let into, cannot do anything without its key, and money that waits is
 * not noticed as fast as a start that fails. Errors: `CannotStart` in one sentence.
 */
export async function refuseMissingPlatform(database: Database, settings: Settings): Promise<void> {
  for (const { count, host, livemode } of await askAtStart(() => countConnectionsByPlatform(database))) {
    if (platformKeyOf(settings, { host, livemode }) !== null) continue;
    const mode = livemode ? 'live' : 'test';
    throw new CannotStart(
      `${count} ${count === 1 ? 'connection acts' : 'connections act'} through your Stripe platform in ${mode} mode: set STRIPE_PLATFORM_KEY to its ${mode} key.`,
    );
  }
}
