import { z } from 'zod';
import { ledgerBalanceToJson, ledgerTransactionToJson, ledgerViolationToJson } from '../../json/ledger.js';
import { listLedgerEntries, listLedgerTransactions, sumLedgerBalances } from '../../store/ledger.js';
import { checkLedger, VIOLATIONS_MAX } from '../../store/ledger-check.js';
import { callerOf, sendPage } from '../answer.js';
import { currencyText, errorResponses, instantText, listOf, pageQuery, pageRequestOf } from '../schemas.js';
import type { Routes } from '../typed-app.js';

const minorText = z
  .string()
  .regex(/^-?\d+$/)
  .describe('Minor units, exact at any size: debit above zero, credit below.');

const balance = z
  .object({
    object: z.literal('ledger_balance'),
    account: z.string(),
    normal_side: z.enum(['debit', 'credit']),
    meaning: z.string(),
    currency: currencyText,
    balance: minorText,
  })
  .meta({ id: 'LedgerBalance' });

const transaction = z
  .object({
    object: z.literal('ledger_transaction'),
    id: z.string(),
    kind: z.string(),
    source: z.object({ kind: z.string(), id: z.string() }),
    occurred_at: instantText,
    entries: z.array(
      z.object({
        account: z.string(),
        owner_id: z.string().nullable(),
        amount: minorText,
        currency: currencyText,
      }),
    ),
  })
  .meta({ id: 'LedgerTransaction' });

const check = z
  .object({
    object: z.literal('ledger_check'),
    holds: z.boolean(),
    violations: z
      .array(
        z.object({
          identity: z.string(),
          meaning: z.string(),
          subject_id: z.string(),
          currency: z.string().nullable(),
          expected: minorText,
          actual: minorText,
        }),
      )
      .describe(`At most ${VIOLATIONS_MAX}.`),
  })
  .meta({ id: 'LedgerCheck' });

const tags = ['Ledger'];
const ownerQuery = z.string().min(1).max(100).optional().describe('A customer or a connection.');

export const ledgerRoutes: Routes = (app, context) => {
  app.get(
    '/v1/ledger/balances',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listLedgerBalances',
        summary: 'The balance of every account, by currency',
        tags,
        querystring: z.strictObject({ owner_id: ownerQuery }),
        response: { 200: listOf(balance), ...errorResponses },
      },
    },
    async (request) => {
      const { environment } = callerOf(request);
      const balances = await sumLedgerBalances(context.db, environment.id, request.query.owner_id ?? null);
      return { object: 'list' as const, data: balances.map(ledgerBalanceToJson), has_more: false };
    },
  );

  app.get(
    '/v1/ledger/transactions',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listLedgerTransactions',
        summary: 'List what was entered in the books',
        tags,
        querystring: z.strictObject({
          ...pageQuery,
          kind: z.string().min(1).max(100).optional(),
          source_id: z.string().min(1).max(100).optional().describe('The object that a transaction tells of.'),
          owner_id: ownerQuery,
        }),
        response: { 200: listOf(transaction), ...errorResponses },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const { environment } = callerOf(request);
      const filter = { kind: query.kind ?? null, sourceId: query.source_id ?? null, ownerId: query.owner_id ?? null };
      const options = { request: pageRequestOf(query), filter };
      const page = await listLedgerTransactions(context.db, environment.id, options);
      const ids = page === null ? [] : page.items.map((item) => item.id);
      const entries = await listLedgerEntries(context.db, environment.id, ids);
      return sendPage(request, reply, page, (item) =>
        ledgerTransactionToJson(
          item,
          entries.filter((entry) => entry.transactionId === item.id),
        ),
      );
    },
  );

  app.get(
    '/v1/ledger/check',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'checkLedger',
        summary: 'Whether the books agree with what they tell of',
        tags,
        response: { 200: check, ...errorResponses },
      },
    },
    async (request) => {
      const violations = await checkLedger(context.db, callerOf(request).environment.id);
      const holds = violations.length === 0;
      return { object: 'ledger_check' as const, holds, violations: violations.map(ledgerViolationToJson) };
    },
  );
};
