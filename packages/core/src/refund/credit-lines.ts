import type { InvoiceLine } from '../invoice/invoice.js';
import { decimalFromInteger, multiplyMinor } from '../money/decimal.js';
import { smallerOf } from '../money/smaller.js';
import { err, ok, type Result } from '../result.js';
import type { CreditNoteLine } from './credit-note.js';

/** A line of the invoice to be taken back: wholly, or by an amount with its tax, in minor units and the line's own sign. */
export interface CreditLineAsked {
  readonly invoiceLineId: string;
  readonly amountMinor: bigint | null;
}

export type CreditLineRefused =
  | { readonly code: 'credit_note_line_unknown'; readonly position: number }
  | { readonly code: 'credit_note_line_twice'; readonly position: number }
  | { readonly code: 'credit_note_line_too_large'; readonly position: number; readonly leftMinor: bigint };

export interface CreditLineFacts {
  readonly lines: readonly InvoiceLine[];
  /** The lines of all notes issued before. */
  readonly credited: readonly CreditNoteLine[];
}

export type NewCreditLine = Omit<CreditNoteLine, 'environmentId' | 'creditNoteId'>;

/** Whatever is left of each line of the invoice. */
export function creditEverything(facts: CreditLineFacts): NewCreditLine[] {
  return facts.lines
    .filter((line) => leftOf(line, facts).grossMinor !== 0n)
    .map((line, position) => creditLine(line, leftOf(line, facts).grossMinor, { facts, position }));
}

/**
 * An amount with its tax taken from the lines in the order in which they are printed, each as far as it goes; credits on
 * the invoice give nothing. Null when that much is not left.
 */
export function creditAmount(facts: CreditLineFacts, amountMinor: bigint): NewCreditLine[] | null {
  const lines: NewCreditLine[] = [];
  let restMinor = amountMinor;
  for (const line of facts.lines) {
    const left = leftOf(line, facts).grossMinor;
    if (left <= 0n || restMinor <= 0n) continue;
    const takenMinor = smallerOf(restMinor, left);
    lines.push(creditLine(line, takenMinor, { facts, position: lines.length }));
    restMinor -= takenMinor;
  }
  return restMinor === 0n ? lines : null;
}

/** What is left of all lines together, with their taxes, in minor units. */
export function creditableMinor(facts: CreditLineFacts): bigint {
  return facts.lines.reduce((sum, line) => sum + leftOf(line, facts).grossMinor, 0n);
}

/**
 * The lines of a note with their nets and taxes in minor units. The tax of a part is its share of the line's tax, rounded
 * half away from zero; the part that takes the rest of a line takes the rest of its tax, so that all parts are the whole.
 *
 * Errors: `credit_note_line_unknown` and `credit_note_line_twice`; `credit_note_line_too_large` when the amount is zero,
 * has the other sign, or is more than is left of the line.
 */
export function creditLines(
  facts: CreditLineFacts,
  asked: readonly CreditLineAsked[],
): Result<NewCreditLine[], CreditLineRefused> {
  const lines: NewCreditLine[] = [];
  for (const [position, { invoiceLineId, amountMinor }] of asked.entries()) {
    const line = facts.lines.find((each) => each.id === invoiceLineId);
    if (line === undefined) return err({ code: 'credit_note_line_unknown', position });
    if (lines.some((each) => each.invoiceLineId === invoiceLineId))
      return err({ code: 'credit_note_line_twice', position });
    const leftMinor = leftOf(line, facts).grossMinor;
    const takenMinor = amountMinor ?? leftMinor;
    if (!isPartOf(takenMinor, leftMinor)) return err({ code: 'credit_note_line_too_large', position, leftMinor });
    lines.push(creditLine(line, takenMinor, { facts, position }));
  }
  return ok(lines);
}

function creditLine(
  line: InvoiceLine,
  grossMinor: bigint,
  { facts, position }: { readonly facts: CreditLineFacts; readonly position: number },
): NewCreditLine {
  const left = leftOf(line, facts);
  const share = {
    numerator: decimalFromInteger(line.taxMinor),
    denominator: decimalFromInteger(line.netMinor + line.taxMinor),
  };
  const taxMinor = grossMinor === left.grossMinor ? left.taxMinor : multiplyMinor(grossMinor, share, 'half-up');
  return {
    position,
    invoiceLineId: line.id,
    description: line.description,
    netMinor: grossMinor - taxMinor,
    taxRatePercent: line.taxRatePercent,
    taxMinor,
  };
}

function leftOf(line: InvoiceLine, { credited }: CreditLineFacts): { grossMinor: bigint; taxMinor: bigint } {
  let grossMinor = line.netMinor + line.taxMinor;
  let { taxMinor } = line;
  for (const gone of credited) {
    if (gone.invoiceLineId !== line.id) continue;
    grossMinor -= gone.netMinor + gone.taxMinor;
    taxMinor -= gone.taxMinor;
  }
  return { grossMinor, taxMinor };
}

/** A part of a credit is a credit: both have the same sign. */
function isPartOf(minor: bigint, whole: bigint): boolean {
  return whole < 0n ? minor < 0n && minor >= whole : minor > 0n && minor <= whole;
}
