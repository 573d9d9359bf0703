/** Values piled up one by one. A stack is a value: pushing makes another one in O(1), and the old one stays. */
export interface Stack<T> {
  readonly below: Stack<T> | undefined;
  readonly top: T;
  readonly height: number;
}

/** `undefined` is the empty stack. */
export function push<T>(below: Stack<T> | undefined, top: T): Stack<T> {
  return { below, top, height: (below?.height ?? 0) + 1 };
}

/** The stack of an array's items, the last of them on top. */
export function stackOf<T>(items: readonly T[]): Stack<T> | undefined {
  let stack: Stack<T> | undefined;
  for (const item of items) stack = push(stack, item);
  return stack;
}

/** The items of a stack, from the bottom to the top; O(height). */
export function itemsOf<T>(stack: Stack<T> | undefined): T[] {
  const items: T[] = [];
  for (let rest = stack; rest !== undefined; rest = rest.below) items.push(rest.top);
  return items.reverse();
}
