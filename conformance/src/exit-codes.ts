/** What the commands say to the shell (PROTOCOL.md, Verdict). */
export const EXIT = {
  done: 0,
  failures: 1,
  usage: 2,
  unusable: 3,
  stale: 4,
  internal: 5,
} as const;
