/** A map on top of another. */

/**
 * A view of both maps; `upper` overrides `lower`. Nothing is copied, so that thousands of sections can share the entries
 * of `[DEFAULT]`.
 */
export function layered<K, V>(upper: ReadonlyMap<K, V>, lower: ReadonlyMap<K, V>): ReadonlyMap<K, V> {
  if (lower.size === 0) return upper;
  if (upper.size === 0) return lower;
  return new LayeredMap(upper, lower);
}

class LayeredMap<K, V> implements ReadonlyMap<K, V> {
  readonly #upper: ReadonlyMap<K, V>;
  readonly #lower: ReadonlyMap<K, V>;

  constructor(upper: ReadonlyMap<K, V>, lower: ReadonlyMap<K, V>) {
    this.#upper = upper;
    this.#lower = lower;
  }

  get(key: K): V | undefined {
    return this.#upper.has(key) ? this.#upper.get(key) : this.#lower.get(key);
  }

  has(key: K): boolean {
    return this.#upper.has(key) || this.#lower.has(key);
  }

  get size(): number {
    let size = this.#upper.size;
    for (const key of this.#lower.keys()) if (!this.#upper.has(key)) size++;
    return size;
  }

  *entries(): MapIterator<[K, V]> {
    yield* this.#upper;
    for (const entry of this.#lower) if (!this.#upper.has(entry[0])) yield entry;
  }

  *keys(): MapIterator<K> {
    for (const [key] of this.entries()) yield key;
  }

  *values(): MapIterator<V> {
    for (const [, value] of this.entries()) yield value;
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries();
  }

  forEach(visit: (value: V, key: K, map: ReadonlyMap<K, V>) => void, thisArg?: unknown): void {
    for (const [key, value] of this.entries()) visit.call(thisArg, value, key, this);
  }
}
