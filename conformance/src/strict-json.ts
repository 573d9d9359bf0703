/** How deep the objects and arrays of a line may stand in each other. */
const DEPTH_MAX = 64;

interface OpenObject {
  readonly keys: Set<string>;
  atKey: boolean;
}

/**
 * Reads JSON (RFC 8259) in which no object has a key twice. JSON.parse alone keeps the last of two and says nothing.
 *
 * @throws SyntaxError when it is anything else, or nested more than 64 deep. Cost: twice over the text.
 */
export function parseStrictJson(text: string): unknown {
  // Before anything is built of it: 16 MiB of brackets would become gigabytes.
  scan(text);
  return JSON.parse(text);
}

function scan(text: string): void {
  const open: (OpenObject | undefined)[] = [];
  let index = 0;
  while (index < text.length) {
    const inside = open.at(-1);
    switch (text[index]) {
      case '{':
      case '[':
        if (open.length === DEPTH_MAX) throw new SyntaxError(`nested more than ${DEPTH_MAX} deep`);
        open.push(text[index] === '{' ? { keys: new Set(), atKey: true } : undefined);
        break;
      case '}':
      case ']':
        open.pop();
        break;
      case ',':
        if (inside !== undefined) inside.atKey = true;
        break;
      case '"': {
        const end = endOfString(text, index);
        if (inside?.atKey === true) addKey(inside, JSON.parse(text.slice(index, end)) as string);
        index = end;
        continue;
      }
      default:
    }
    index++;
  }
}

function addKey(object: OpenObject, key: string): void {
  if (object.keys.has(key)) throw new SyntaxError(`key ${JSON.stringify(key)} stands twice in one object`);
  object.keys.add(key);
  object.atKey = false;
}

/** The index after the closing quotation mark of the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let from = start + 1; ; ) {
    const quote = text.indexOf('"', from);
    if (quote < 0) throw new SyntaxError('a string without an end');
    let first = quote;
    while (text[first - 1] === '\\') first--;
    if ((quote - first) % 2 === 0) return quote + 1;
    from = quote + 1;
  }
}
