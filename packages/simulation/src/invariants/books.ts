import { checkLedger } from '@tollbridge/server/store/ledger-check';
import type { Universe } from '../stage/universe.js';
import { broken, type Violation } from '../stage/violation.js';

/** Every table that `checkLedger` compares with the books. */
const TABLES = ['ledger_entries', 'ledger_transactions', 'invoices', 'payments', 'refunds', 'credit_notes'];
const ALL_TABLES = [...TABLES, 'balance_transactions', 'disputes'];

/** INV-9: the books balance and agree with the rows, at every moment. */
export async function ledgerViolations(universe: Universe): Promise<Violation[]> {
  if (!universe.written.isDue('ledger', ALL_TABLES)) return [];
  const violations = await checkLedger(universe.database, null);
  return broken(
    'ledger',
    violations.map(
      ({ identity, subjectId, currency, expectedMinor, actualMinor }) =>
        `${identity} of ${subjectId} in ${currency}: the rows say ${expectedMinor}, the books ${actualMinor}`,
    ),
  );
}
