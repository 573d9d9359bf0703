/** What the process says to the shell. Stable: a code is never given another meaning. */
export const EXIT = {
  done: 0,
  /** A question was answered, and the answer is no: damage found, nothing there. */
  negative: 1,
  usage: 2,
  malformed: 3,
  mismatch: 4,
  unsupported: 5,
  refused: 6,
  storage: 7,
  /** A fault in this program. */
  internal: 70,
  /** Ended by Ctrl-C, as shells count it: 128 + SIGINT. */
  interrupted: 130,
} as const;
