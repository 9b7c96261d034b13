/** Since when an intent that names no methods takes all that are enabled, and no longer cards alone. */
const automaticSince = '2023-08-16';

interface NamedMethods {
  readonly allowed_payment_method_types?: unknown;
  readonly automatic_payment_methods?: unknown;
  readonly payment_method_types?: string[];
}

/**
 * What is to pay for an intent, as the request's version means it when it names nothing:
 * https://docs.stripe.com/changelog/2023-08-16/automatic-payment-methods
 */
export const methodsOfVersion = <P extends NamedMethods>(params: P, version: string): P => {
  const { allowed_payment_method_types: allowed, automatic_payment_methods: automatic } = params;
  const isNamed = allowed !== undefined || automatic !== undefined || params.payment_method_types !== undefined;
  return isNamed || version >= automaticSince ? params : { ...params, payment_method_types: ['card'] };
};
