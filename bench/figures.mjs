// What several rounds come to: the median, with the smallest and the largest beside it.

export function summary(what, figures, unit, { digits = 0, ...limits } = {}) {
  const sorted = [...figures].sort((a, b) => a - b);
  const rounded = (value) => Math.round(value * 10 ** digits) / 10 ** digits;
  return {
    what,
    unit,
    median: rounded(medianOf(sorted)),
    minimum: rounded(sorted[0]),
    maximum: rounded(sorted.at(-1)),
    ...limits,
  };
}

export function medianOf(figures) {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
