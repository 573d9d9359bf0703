/**
 * A persistent map: every change gives a new one, shares what it did not touch, and leaves the old as it was. A key is
 * read as a path of nibbles, and a leaf stands where its path is no longer shared: every branch has two leaves or more
 * below it, so that equal contents have equal shapes.
 */
export type Trie<K, V> = TrieNode<K, V> | undefined;

/** How keys are read: `nibble` gives 0 to 15 at each depth, and two keys that are not equal differ at some depth. */
export interface Keying<K> {
  nibble(key: K, depth: number): number;
  equal(left: K, right: K): boolean;
}

type TrieNode<K, V> = Leaf<K, V> | Branch<K, V>;

interface Leaf<K, V> {
  readonly key: K;
  readonly value: V;
}

/** Sixteen children, by nibble. */
type Branch<K, V> = readonly Trie<K, V>[];

const FAN_OUT = 16;

/** The value of a key. O(depth). */
export function trieGet<K, V>(keying: Keying<K>, root: Trie<K, V>, key: K): V | undefined {
  let node = root;
  for (let depth = 0; isBranch(node); depth++) node = node[keying.nibble(key, depth)];
  return node !== undefined && keying.equal(node.key, key) ? node.value : undefined;
}

/** The map in which `key` has `value`. O(depth), by copying the branches on its path. */
export function trieSet<K, V>(
  keying: Keying<K>,
  node: Trie<K, V>,
  key: K,
  value: V,
  depth = 0,
): TrieNode<K, V> {
  if (node === undefined) return { key, value };
  if (isBranch(node)) {
    const nibble = keying.nibble(key, depth);
    return replaced(node, nibble, trieSet(keying, node[nibble], key, value, depth + 1));
  }
  if (keying.equal(node.key, key)) return { key, value };
  const branch = replaced<K, V>(new Array(FAN_OUT).fill(undefined), keying.nibble(node.key, depth), node);
  return trieSet(keying, branch, key, value, depth);
}

/** The map without `key`. O(depth). */
export function trieDelete<K, V>(keying: Keying<K>, node: Trie<K, V>, key: K, depth = 0): Trie<K, V> {
  if (node === undefined) return undefined;
  if (!isBranch(node)) return keying.equal(node.key, key) ? undefined : node;
  const nibble = keying.nibble(key, depth);
  return collapsed(replaced(node, nibble, trieDelete(keying, node[nibble], key, depth + 1)));
}

/** The values in ascending order of their keys' nibbles. */
export function* trieValues<K, V>(root: Trie<K, V>): Generator<V, void, undefined> {
  const ahead = [root];
  while (ahead.length > 0) {
    const node = ahead.pop();
    if (node === undefined) continue;
    if (isBranch(node)) for (let nibble = FAN_OUT - 1; nibble >= 0; nibble--) ahead.push(node[nibble]);
    else yield node.value;
  }
}

function replaced<K, V>(branch: Branch<K, V>, nibble: number, child: Trie<K, V>): Branch<K, V> {
  const copy = branch.slice();
  copy[nibble] = child;
  return copy;
}

function collapsed<K, V>(branch: Branch<K, V>): Trie<K, V> {
  let only: Trie<K, V>;
  for (const child of branch) {
    if (child === undefined) continue;
    if (only !== undefined || isBranch(child)) return branch;
    only = child;
  }
  return only;
}

function isBranch<K, V>(node: Trie<K, V>): node is Branch<K, V> {
  return Array.isArray(node);
}
