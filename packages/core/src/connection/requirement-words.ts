/** What a detail is about that Stripe asks for. */
export type RequirementTopic =
  | 'identity_document'
  | 'bank_account'
  | 'tax'
  | 'terms'
  | 'person'
  | 'contact'
  | 'business'
  | 'other';

/**
 * By the names that both versions of Stripe's API give to details; the first that fits counts, because a document of a person
 * is named after both. https://docs.stripe.com/connect/required-verification-information
 */
const TOPICS: readonly (readonly [RegExp, RequirementTopic])[] = [
  [/document|proof_of_liveness|primary_verification/, 'identity_document'],
  [/external_account|bank_account/, 'bank_account'],
  [/tos_acceptance|terms_of_service/, 'terms'],
  [/^(company|identity\.business_details|business_details)\..*(tax|vat|id_numbers|registration)|\btax_id/, 'tax'],
  [/^(identity\.)?individual\b|^person_|representative|director|executive|owner|relationship/, 'person'],
  [/support|contact|email|phone/, 'contact'],
  [/business|company|entity_type|profile|statement_descriptor|settings/, 'business'],
];

const WORDS: Readonly<Record<RequirementTopic, string>> = {
  identity_document: 'an identity document',
  bank_account: 'a bank account for payouts',
  tax: 'tax details',
  terms: "agreement to Stripe's terms",
  person: "a person's details",
  contact: 'contact details',
  business: 'business details',
  other: 'further details',
};

/** What a detail that Stripe asks for is about. Errors: none; what is not known is `other`. */
export function topicOf(field: string): RequirementTopic {
  return TOPICS.find(([form]) => form.test(field))?.[1] ?? 'other';
}

/** The same in words that fit into a sentence: "Stripe wants …". */
export const wordsForTopic = (topic: RequirementTopic): string => WORDS[topic];

/** All of them in words, each once, in the order in which they come. */
export function wordsForAll(requirements: readonly { readonly field: string }[]): string {
  return [...new Set(requirements.map(({ field }) => wordsForTopic(topicOf(field))))].join(', ');
}
