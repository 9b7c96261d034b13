import { clockOfCustomer } from '../resources/customers/customer.js';
import type { RequestContext } from '../work.js';
import { type SubscriptionObject, subscriptions } from './subscription.js';

/** The subscription a request names in its path. */
export const inPath = <P>(context: RequestContext<P>): SubscriptionObject =>
  context.require(subscriptions, context.path.subscription ?? '');

/** The request in the time its subscription lives in. */
export const inItsTime = <P>(request: RequestContext<P>, subscription: SubscriptionObject): RequestContext<P> =>
  request.onClock(subscription.test_clock ?? clockOfCustomer(request, subscription.customer));
