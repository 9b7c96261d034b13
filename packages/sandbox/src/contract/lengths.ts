type Lengths = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** https://docs.stripe.com/api/customers/create; `email` and the names of its kinds have theirs in the SDK's comments. */
const ofCustomer = { name: 256, phone: 20 };
/** Seen in a refusal: https://github.com/polarsource/polar/issues/5429 */
const ofCoupon = { name: 40 };
/** https://docs.stripe.com/api/products/create */
const ofProduct = { description: 40_000, unit_label: 12 };
/** https://docs.stripe.com/api/billing/meter-event/create */
const ofMeterEvent = { event_name: 100, identifier: 100 };
/** https://docs.stripe.com/api/customer_portal/configurations/update */
const ofPortal = { headline: 60 };

/**
 * Greatest lengths of strings that Stripe's OpenAPI file (https://github.com/stripe/openapi, `maxLength`) says and the
 * comments of the SDK's types do not, by type and field, where they differ from the usual 5,000.
 */
export const documentedLengths: Lengths = {
  'BillingPortal.BillingPortal.ConfigurationCreateParams.BusinessProfile': ofPortal,
  'BillingPortal.BillingPortal.ConfigurationUpdateParams.BusinessProfile': ofPortal,
  'Billing.Billing.MeterEventCreateParams': ofMeterEvent,
  CouponCreateParams: ofCoupon,
  CouponUpdateParams: ofCoupon,
  CustomerCreateParams: ofCustomer,
  CustomerUpdateParams: ofCustomer,
  ProductCreateParams: ofProduct,
  ProductUpdateParams: ofProduct,
  'Checkout.Checkout.SessionCreateParams.LineItem.PriceData.ProductData': ofProduct,
};

/** As the SDK's comments say it: "up to *512 characters*", "At most 12 characters long", "character count of 20,000". */
const wordings: readonly RegExp[] = [
  /(?:up to|at most|limit the identifier to) ([\d,]+) characters/i,
  /max(?:imum)?(?: length(?: is)?|)[:,]? ([\d,]+) characters/i,
  /maximum character count of ([\d,]+)/i,
  /the (\d+)-character limit/i,
];

/** The length a comment on a parameter says; undefined when it says none, or what is cut off instead of refused. */
export const lengthInComment = (comment: string): number | undefined => {
  const text = comment.replaceAll('*', '').replaceAll(/\s+/g, ' ');
  for (const wording of wordings) {
    const [, digits] = wording.exec(text) ?? [];
    if (digits !== undefined) return Number(digits.replaceAll(',', ''));
  }
  return undefined;
};
