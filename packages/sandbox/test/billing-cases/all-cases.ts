import { backdatingCases } from './backdating.js';
import { balanceCases } from './balances.js';
import type { BillingCase } from './billing-case.js';
import { billingCycleCases } from './billing-cycles.js';
import { cancellationCases } from './cancellations.js';
import { creditProrationCases } from './credit-prorations.js';
import { discountCases } from './discounts.js';
import { mixedIntervalCases } from './mixed-intervals.js';
import { pendingUpdateCases } from './pending-updates.js';
import { previewCases } from './previews.js';
import { prorationCases } from './prorations.js';
import { quantityCases } from './quantities.js';
import { taxCases } from './taxes.js';
import { trialCases } from './trials.js';
import { usageCases } from './usage.js';

/** The table, by subject. */
export const allCases: Readonly<Record<string, readonly BillingCase[]>> = {
  prorations: prorationCases,
  'credit prorations': creditProrationCases,
  previews: previewCases,
  'billing cycles': billingCycleCases,
  trials: trialCases,
  quantities: quantityCases,
  cancellations: cancellationCases,
  discounts: discountCases,
  taxes: taxCases,
  balances: balanceCases,
  'mixed intervals': mixedIntervalCases,
  backdating: backdatingCases,
  usage: usageCases,
  'pending updates and invoices': pendingUpdateCases,
};
