/** Names of parameters whose values are for nobody's eyes, in a form or in JSON. */
const names = 'account_number|client_secret|cvc|iban|id_number|number|refresh_token|ssn_last_4';
const inForm = new RegExp(`((?:^|&|\\[|%5B)(?:${names})(?:%5D|\\])?=)([^&]*)`, 'gi');
const inJson = new RegExp(`("(?:${names})"\\s*:\\s*")([^"]*)`, 'g');
/** Of version 2, where a number is called a value: { "type": "us_ssn", "value": … }. */
const idNumbers = /("id_numbers"\s*:\s*\[)([^\]]*)/g;

const shownMax = 4;

/** The body of a request without the numbers and secrets in it, but for the last digits of those that are long. */
export const redacted = (body: string): string =>
  body
    .replaceAll(inForm, (_all, name: string, value: string) => `${name}${masked(value)}`)
    .replaceAll(inJson, (_all, name: string, value: string) => `${name}${masked(value)}`)
    .replaceAll(
      idNumbers,
      (_all, start: string, list: string) => start + list.replaceAll(/("value"\s*:\s*")[^"]*/g, '$1****'),
    );

const masked = (value: string): string => (value.length > shownMax * 3 ? `****${value.slice(-shownMax)}` : '****');

/** Names in answers whose values open something. */
const secretsInAnswers = /("(?:access_token|client_secret|refresh_token|secret)"\s*:\s*")([^"]+)/g;

/** An answer without what only its caller should have. */
export const withoutSecrets = (answer: string): string =>
  answer.replaceAll(secretsInAnswers, (_all, name: string, value: string) => `${name}${masked(value)}`);
