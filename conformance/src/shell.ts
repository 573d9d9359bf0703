/** Words as a POSIX shell takes them. */
export function shellLine(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : quoted(word))).join(' ');
}

/** One word in quotation marks. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
