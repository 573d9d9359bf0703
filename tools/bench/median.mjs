// @ts-check

/**
 * @param {readonly number[]} values at least one
 * @returns {{ median: number, least: number, most: number }}
 */
export function summarize(values) {
  const sorted = [...values].sort((left, right) => left - right);
  const [least, most] = [sorted[0], sorted.at(-1)];
  const [below, above] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  if (least === undefined || most === undefined || below === undefined || above === undefined) {
    throw new RangeError('values: expected at least one');
  }
  return { median: (below + above) / 2, least, most };
}
