import { createHash } from 'node:crypto';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Every two letters or digits, as the two bytes of a number: an id takes a dozen of them, and a payment a dozen ids. */
const pairs = Uint16Array.from({ length: alphabet.length ** 2 }, (_, drawn) => {
  const second = alphabet.charCodeAt(Math.floor(drawn / alphabet.length));
  return alphabet.charCodeAt(drawn % alphabet.length) | (second << 8);
});

const room = Buffer.alloc(256);

/** Letters and digits from a seeded source; two for each number drawn. */
export const token = (random: () => number, length: number): string => drawn(random, 0, length);

/** "cus", 14 → "cus_" and 14 letters and digits. Written in one piece: a text that is put together is copied again later. */
export const prefixed = (random: () => number, prefix: string, length: number): string => {
  const start = room.write(`${prefix}_`, 0, 'latin1');
  return drawn(random, start, length);
};

const drawn = (random: () => number, start: number, length: number): string => {
  let at = start;
  for (let count = 0; count < length; count += 2) {
    const pair = pairs[Math.floor(random() * pairs.length)] ?? 0;
    room[at] = pair & 0xff;
    room[at + 1] = pair >> 8;
    at += 2;
  }
  return room.toString('latin1', 0, start + length);
};

/** The same letters and digits for the same text: an account's id from the body of its keys. */
export const tokenFrom = (text: string, length: number): string => {
  const bytes = createHash('sha256').update(text).digest();
  let made = '';
  for (const byte of bytes.subarray(0, length)) made += alphabet.charAt(byte % 62);
  return made;
};
