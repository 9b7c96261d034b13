/** What one discount takes of one line. */
export interface DiscountAmount {
  readonly amount: number;
  readonly discount: string;
}

/** What discounts take of one line: those of the line itself, and its share of the invoice's. */
export interface LineDiscounts {
  readonly ofLine: readonly DiscountAmount[];
  readonly ofInvoice: readonly DiscountAmount[];
}

export interface DiscountedLine {
  readonly amount: number;
  readonly discountable: boolean;
  /** Ids, in their order. */
  readonly discounts: readonly string[];
}

const nothing: LineDiscounts = { ofLine: [], ofInvoice: [] };

/** What discounts take of each line, in the order of the lines. Nobody can make a discount yet, so that none takes any. */
export const discountsOf = (
  lines: readonly DiscountedLine[],
  _invoiceDiscounts: readonly string[],
): readonly LineDiscounts[] => lines.map(() => nothing);
