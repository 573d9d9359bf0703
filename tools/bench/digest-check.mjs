// @ts-check

/**
 * Takes digests in the order in which a scan gives them, and tells whether they were all there and in order, as far as
 * their first four octets show it.
 */
export function startDigestCheck() {
  let [count, sum, previous, isAscending] = [0, 0, 0, true];
  return {
    /** @param {Uint8Array} digest */
    visit(digest) {
      const [first = 0, second = 0, third = 0, fourth = 0] = digest;
      const prefix = ((first << 24) | (second << 16) | (third << 8) | fourth) >>> 0;
      if (prefix < previous) isAscending = false;
      previous = prefix;
      sum = (sum + prefix) >>> 0;
      count += 1;
    },
    result: () => `${count} digests of sum ${sum}${isAscending ? '' : ', not in order'}`,
  };
}
