import { expect, test } from 'vitest';
import { topicOf, wordsForAll, wordsForTopic } from './requirement-words.js';

test.each([
  ['identity.individual.documents.primary_verification', 'identity_document'],
  ['individual.verification.document', 'identity_document'],
  ['person_1Nv0FGQ9RKHgCVdK.verification.additional_document', 'identity_document'],
  ['external_account', 'bank_account'],
  ['identity.attestations.terms_of_service.account.date', 'terms'],
  ['tos_acceptance.ip', 'terms'],
  ['company.tax_id', 'tax'],
  ['identity.business_details.id_numbers', 'tax'],
  ['individual.dob.day', 'person'],
  ['identity.individual.given_name', 'person'],
  ['identity.individual.id_numbers', 'person'],
  ['individual.email', 'person'],
  ['representative.first_name', 'person'],
  ['relationship.representative', 'person'],
  ['person_1Nv0FGQ9RKHgCVdK.last_name', 'person'],
  ['owners.email', 'person'],
  ['business_profile.support_phone', 'contact'],
  ['contact_email', 'contact'],
  ['business_profile.mcc', 'business'],
  ['defaults.profile.business_url', 'business'],
  ['identity.entity_type', 'business'],
  ['company.name', 'business'],
  ['identity.business_details.address.line1', 'business'],
  ['something.nobody.knows', 'other'],
  ['', 'other'],
] as const)('what Stripe calls "%s" is about: %s', (field, topic) => {
  expect(topicOf(field)).toBe(topic);
});

test('each topic has words, and a list names each once', () => {
  const fields = ['company.name', 'external_account', 'business_type'].map((field) => ({ field }));
  expect(wordsForAll(fields)).toBe(`${wordsForTopic('business')}, ${wordsForTopic('bank_account')}`);
  expect(wordsForAll([])).toBe('');
});
