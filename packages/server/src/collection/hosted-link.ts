import type { Invoice } from '@tollbridge/core';
import type { Context } from '../context.js';
import { hashOfToken } from '../secret-box.js';
import { findInvoiceLink, findInvoiceLinks, type InvoiceLink } from '../store/invoice-links.js';

const TOKEN_BYTES = 32;

/** The secret of an invoice's own page: its hash for the invoice, itself sealed beside it. */
export function newHostedLink(
  context: Context,
  invoice: Pick<Invoice, 'environmentId' | 'id'>,
  now: InvoiceLink['createdAt'],
): { readonly tokenHash: string; readonly link: InvoiceLink } {
  const token = Buffer.from(context.randomBytes(TOKEN_BYTES)).toString('base64url');
  return {
    tokenHash: hashOfToken(token),
    link: {
      environmentId: invoice.environmentId,
      invoiceId: invoice.id,
      tokenSealed: context.secrets.seal(token, invoice.id),
      createdAt: now,
    },
  };
}

/** Where the payer sees the invoice and pays it. */
export const hostedUrlOf = (context: Context, link: Pick<InvoiceLink, 'invoiceId' | 'tokenSealed'>): string =>
  hostedUrl(context, context.secrets.open(link.tokenSealed, link.invoiceId));

export const hostedUrl = (context: Context, token: string): string =>
  `${context.settings.publicUrl.replace(/\/$/, '')}/pay/${token}`;

/** The same by the invoice; null while it has no page, which is until it is finalized. */
export async function findHostedUrl(
  context: Context,
  invoice: Pick<Invoice, 'environmentId' | 'id' | 'hostedTokenHash'>,
): Promise<string | null> {
  if (invoice.hostedTokenHash === null) return null;
  const link = await findInvoiceLink(context.db, invoice.environmentId, invoice.id);
  return link === null ? null : hostedUrlOf(context, link);
}

/** The same of many invoices by one look, by their ids; what has no page is left out. */
export async function findHostedUrls(
  context: Context,
  invoices: readonly Pick<Invoice, 'environmentId' | 'id' | 'hostedTokenHash'>[],
): Promise<ReadonlyMap<string, string>> {
  const paged = invoices.filter(({ hostedTokenHash }) => hostedTokenHash !== null);
  if (paged.length === 0) return new Map();
  const links = await findInvoiceLinks(context.db, paged);
  return new Map([...links].map(([invoiceId, link]) => [invoiceId, hostedUrlOf(context, link)]));
}
