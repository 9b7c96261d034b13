import type { Statement } from '@tollbridge/server/store/database';
import { rowsWritten, shapeOf } from './statement-shape.js';

/**
 * Since which call nobody may be charged through a connection, for a customer or for an invoice, as our own rows have it:
 * read from the commits as they pass, so that it can be told at the very moment at which Stripe takes the money.
 */
export class Standing {
  readonly #connections = new Map<string, number>();
  readonly #customers = new Map<string, number>();
  readonly #invoices = new Map<string, number>();

  note(statement: Statement, call: number): void {
    const { tables } = shapeOf(statement.text);
    if (tables.includes('connections')) {
      for (const row of rowsWritten(statement, 'connections')) {
        const isOff = row.enabled === false || row.status === 'disconnected';
        keep(this.#connections, { id: String(row.id), isOff, call });
      }
    }
    if (tables.includes('customers')) {
      for (const row of rowsWritten(statement, 'customers'))
        keep(this.#customers, { id: String(row.id), isOff: (row.deleted_at ?? null) !== null, call });
    }
    if (!tables.includes('invoices')) return;
    for (const row of rowsWritten(statement, 'invoices'))
      keep(this.#invoices, { id: String(row.id), isOff: row.status === 'paid' || row.status === 'void', call });
  }

  /** Why a charge must not have been asked for by whoever looked at the rows since this call; null when it may. */
  reasonAgainst(
    {
      connectionId,
      customerId,
      invoiceId,
    }: { readonly connectionId: string; readonly customerId: string; readonly invoiceId: string },
    lookedSince: number,
  ): string | null {
    if ((this.#connections.get(connectionId) ?? Infinity) < lookedSince) return 'the connection was off';
    if ((this.#invoices.get(invoiceId) ?? Infinity) < lookedSince) return 'the invoice needed no money';
    return (this.#customers.get(customerId) ?? Infinity) < lookedSince ? 'the customer was deleted' : null;
  }
}

function keep(
  off: Map<string, number>,
  { id, isOff, call }: { readonly id: string; readonly isOff: boolean; readonly call: number },
): void {
  if (!isOff) off.delete(id);
  else if (!off.has(id)) off.set(id, call);
}
