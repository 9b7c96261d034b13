const LOOK_MILLISECONDS = 100;

export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });

/** Looks again and again until there is something to see. Errors: one that says what was not seen in time. */
export async function until<Seen>(
  what: string,
  millisecondsMax: number,
  look: () => Promise<Seen | null>,
): Promise<Seen> {
  const deadline = performance.now() + millisecondsMax;
  while (performance.now() < deadline) {
    const seen = await look();
    if (seen !== null) return seen;
    await pause(LOOK_MILLISECONDS);
  }
  throw new Error(`${what} was not seen within ${millisecondsMax / 1_000} s`);
}
