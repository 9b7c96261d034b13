const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
/** So much more than the digit that follows says. */
const MORE = '-';

/** Numbers from 0, most of them small, a character each: for what is written often and kept for long. */
export function textFromSmallNumbers(numbers: readonly number[]): string {
  return numbers
    .map((number) => MORE.repeat(Math.floor(number / DIGITS.length)) + DIGITS.charAt(number % DIGITS.length))
    .join('');
}

/** The numbers again. Errors: throws for a character that none is written with, or where the last one is cut off. */
export function smallNumbersFromText(text: string): number[] {
  const numbers: number[] = [];
  let more = 0;
  for (const character of text) {
    if (character === MORE) {
      more += DIGITS.length;
      continue;
    }
    const digit = DIGITS.indexOf(character);
    if (digit < 0) throw new Error(`no number is written with "${character}"`);
    numbers.push(more + digit);
    more = 0;
  }
  if (more > 0) throw new Error('the last number is cut off');
  return numbers;
}
