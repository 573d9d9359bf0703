/** Bytes from `start` up to, but without, `end` that others stand in the place of. */
export interface Hunk {
  readonly start: number;
  readonly end: number;
  readonly bytes: Uint8Array;
}

// Two sequences that are further apart are not compared to the end.
const DISTANCE_MAX = 160;
// Equal bytes between two differences that may as well be by chance.
const CHANCE = 3;

/** The runs of bytes that differ between two sequences of one length. */
export function sameLengthHunks(from: Uint8Array, to: Uint8Array): Hunk[] {
  const hunks: Hunk[] = [];
  for (let start = 0; start < from.length; start += 1) {
    if (from[start] === to[start]) continue;
    let end = start + 1;
    while (end < from.length && from[end] !== to[end]) end += 1;
    hunks.push({ start, end, bytes: to.subarray(start, end) });
    start = end;
  }
  return hunks;
}

/** What is left between the beginning and the end that two sequences have in common. */
export function singleHunk(from: Uint8Array, to: Uint8Array): Hunk {
  const shorter = Math.min(from.length, to.length);
  let start = 0;
  while (start < shorter && from[start] === to[start]) start += 1;
  let same = 0;
  while (same < shorter - start && from[from.length - 1 - same] === to[to.length - 1 - same]) same += 1;
  return { start, end: from.length - same, bytes: to.subarray(start, to.length - same) };
}

/**
 * The fewest insertions and removals that lead from one sequence to another (E. Myers, "An O(ND) difference algorithm and
 * its variations"), those near each other as one.
 *
 * @returns undefined if they are more than `DISTANCE_MAX` bytes apart.
 */
export function differences(from: Uint8Array, to: Uint8Array): Hunk[] | undefined {
  const rounds: Int32Array[] = [];
  const width = 2 * DISTANCE_MAX + 3;
  let reach = new Int32Array(width);
  for (let distance = 0; distance <= DISTANCE_MAX; distance += 1) {
    const next = reach.slice();
    for (let diagonal = -distance; diagonal <= distance; diagonal += 2) {
      let x = startOf(reach, diagonal, distance);
      while (x < from.length && x - diagonal < to.length && from[x] === to[x - diagonal]) x += 1;
      next[diagonal + DISTANCE_MAX + 1] = x;
      if (x >= from.length && x - diagonal >= to.length)
        return hunksOf([...rounds, reach], from, to, distance);
    }
    rounds.push(reach);
    reach = next;
  }
  return undefined;
}

/** How far along `from` a diagonal begins in a round, by one more insertion or removal. */
function startOf(reach: Int32Array, diagonal: number, distance: number): number {
  const at = (other: number) => reach[other + DISTANCE_MAX + 1] ?? 0;
  if (distance === 0) return 0;
  return isInsertion(reach, diagonal, distance) ? at(diagonal + 1) : at(diagonal - 1) + 1;
}

function isInsertion(reach: Int32Array, diagonal: number, distance: number): boolean {
  const at = (other: number) => reach[other + DISTANCE_MAX + 1] ?? 0;
  return diagonal === -distance || (diagonal !== distance && at(diagonal - 1) < at(diagonal + 1));
}

/** Goes back from the end by the rounds, and joins what is near. */
function hunksOf(rounds: readonly Int32Array[], from: Uint8Array, to: Uint8Array, last: number): Hunk[] {
  const steps: { from: number; to: number; isInsertion: boolean }[] = [];
  let [x, y] = [from.length, to.length];
  for (let distance = last; distance > 0; distance -= 1) {
    const reach = rounds[distance] as Int32Array;
    const insertion = isInsertion(reach, x - y, distance);
    const start = startOf(reach, x - y, distance);
    const diagonal = x - y;
    [x, y] = insertion ? [start, start - diagonal - 1] : [start - 1, start - diagonal];
    steps.unshift({ from: x, to: y, isInsertion: insertion });
  }
  const spans: { start: number; end: number; first: number; last: number }[] = [];
  for (const step of steps) {
    const [end, lastOf] = step.isInsertion ? [step.from, step.to + 1] : [step.from + 1, step.to];
    const span = spans.at(-1);
    if (span !== undefined && step.from - span.end <= CHANCE) Object.assign(span, { end, last: lastOf });
    else spans.push({ start: step.from, end, first: step.to, last: lastOf });
  }
  return spans.map(({ start, end, first, last: stop }) => ({ start, end, bytes: to.subarray(first, stop) }));
}
