import { resourceMissing } from '../../errors.js';
import type { Work } from '../../work.js';
import { paymentMethods } from '../payment-methods/payment-method.js';
import { type BankAccountObject, bankAccounts } from './bank-account.js';
import { type CardObject, cards } from './card.js';

export type SourceObject = BankAccountObject | CardObject;

/** The customer's source with this id. */
export const sourceOf = (work: Work, customer: string, id: string): SourceObject | undefined => {
  const found = work.get(cards, id) ?? work.get(bankAccounts, id);
  return found?.customer === customer ? found : undefined;
};

export const requireSource = (work: Work, customer: string, id: string, param?: string): SourceObject => {
  const found = sourceOf(work, customer, id);
  if (found === undefined) throw resourceMissing('source', id, param);
  return found;
};

/** Newest last. */
export const sourcesOf = (work: Work, customer: string): SourceObject[] =>
  work.where(paymentMethods, 'customer', customer).flatMap(({ id }) => sourceOf(work, customer, id) ?? []);
