import { invalidRequest } from './errors.js';

/** A decoded request body before the contract is applied: bracketed names become nested records keyed by segment. */
export type Raw = string | number | boolean | null | readonly Raw[] | RawRecord;
export interface RawRecord {
  [name: string]: Raw;
}

/** Deeper than anything Stripe's own clients send; what is cut is refused as unknown parameters are. */
const depthMax = 12;
/** More than any request of Stripe's own clients has. */
const pairsMax = 5_000;

/** `items[0][price]=p&expand[]=a` → { items: { 0: { price: 'p' } }, expand: { 0: 'a' } }. An empty value stays ''. */
export const decodeForm = (text: string): RawRecord => {
  const root = emptyRecord();
  if (text === '') return root;
  let pairs = 0;
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    pairs += 1;
    if (pairs > pairsMax) throw invalidRequest(`A request may have at most ${pairsMax} parameters.`);
    const equals = pair.indexOf('=');
    const name = decodeComponent(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? '' : decodeComponent(pair.slice(equals + 1));
    place(root, segmentsOf(name), value);
  }
  return root;
};

const emptyRecord = (): RawRecord => Object.create(null) as RawRecord;

const decodeComponent = (text: string): string => {
  if (!text.includes('%') && !text.includes('+')) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
};

const segmentsOf = (name: string): string[] => {
  const open = name.indexOf('[');
  if (open <= 0 || !name.endsWith(']')) return [name];
  const segments = name.slice(open + 1, -1).split('][');
  return [name.slice(0, open), ...segments.slice(0, depthMax)];
};

const place = (root: RawRecord, segments: readonly string[], value: string): void => {
  let record = root;
  for (const [position, given] of segments.entries()) {
    const segment = given === '' && position > 0 ? String(Object.keys(record).length) : given;
    if (position === segments.length - 1) {
      record[segment] = value;
      return;
    }
    const inner = record[segment];
    if (isRecord(inner)) record = inner;
    else {
      const made = emptyRecord();
      record[segment] = made;
      record = made;
    }
  }
};

export const isRecord = (value: Raw | undefined): value is RawRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
