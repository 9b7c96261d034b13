import { createHash } from 'node:crypto';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Letters and digits from a seeded source; two for each number drawn. */
export const token = (random: () => number, length: number): string => {
  let text = '';
  while (text.length < length) {
    const drawn = Math.floor(random() * 3844);
    text += alphabet.charAt(drawn % 62) + alphabet.charAt(Math.floor(drawn / 62));
  }
  return text.slice(0, length);
};

/** The same letters and digits for the same text: an account's id from the body of its keys. */
export const tokenFrom = (text: string, length: number): string => {
  const bytes = createHash('sha256').update(text).digest();
  let made = '';
  for (const byte of bytes.subarray(0, length)) made += alphabet.charAt(byte % 62);
  return made;
};
