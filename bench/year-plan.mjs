// Which payments of a year decline, and when their customers give another card: the same for the same seed.

const DAY_SECONDS = 86_400;
const HOUR_SECONDS = 3_600;
/** The draft hour, after which a renewal is first paid for. */
const FIRST_TRY_SECONDS = HOUR_SECONDS;
/** A new card comes half a day after the first try or after one of the retries that follow it on the next two days. */
const CARD_AFTER_SECONDS = DAY_SECONDS / 2;
const RETRIES_DECLINED_MAX = 2;
export const RENEWALS = 12;

/** One renewal whose first try declines, and so many of its retries; the next one pays, by a new card. */
export const plannedDeclines = ({ start, subscriptions, share, seed }) => {
  const random = seeded(seed);
  const planned = [];
  for (let subscription = 0; subscription < subscriptions; subscription += 1) {
    for (let renewal = 1; renewal <= RENEWALS; renewal += 1) {
      if (random() >= share) continue;
      const retriesDeclined = Math.floor(random() * (RETRIES_DECLINED_MAX + 1));
      const at = renewalAt(start, renewal);
      planned.push({
        subscription,
        renewal,
        retriesDeclined,
        failsFrom: at - HOUR_SECONDS,
        paysFrom: at + FIRST_TRY_SECONDS + retriesDeclined * DAY_SECONDS + CARD_AFTER_SECONDS,
      });
    }
  }
  return planned;
};

/** So many months later, on the same day or the last there is. */
export const renewalAt = (start, months) => {
  const date = new Date(start * 1000);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + months];
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const time = (start * 1000) % (DAY_SECONDS * 1000);
  return (Date.UTC(year, month, Math.min(date.getUTCDate(), lastDay)) + time) / 1000;
};

/** Numbers in [0, 1) that a seed repeats (mulberry32). */
const seeded = (seed) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};
