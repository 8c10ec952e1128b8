/** A map whose values are made when they are first read. */

/** Makes each value at most once. The keys are those of the sources, in their order; reading them makes no values. */
export class LazyMap<K, S, V> implements ReadonlyMap<K, V> {
  readonly #sources: ReadonlyMap<K, S>;
  readonly #make: (source: S, key: K) => V | undefined;
  readonly #made = new Map<K, V>();

  /** @param sources what each value is made from. */
  constructor(sources: ReadonlyMap<K, S>, make: (source: S, key: K) => V | undefined) {
    this.#sources = sources;
    this.#make = make;
  }

  get(key: K): V | undefined {
    const made = this.#made.get(key);
    if (made !== undefined) return made;
    const source = this.#sources.get(key);
    if (source === undefined) return undefined;
    const value = this.#make(source, key);
    if (value !== undefined) this.#made.set(key, value);
    return value;
  }

  has(key: K): boolean {
    return this.#sources.has(key);
  }

  get size(): number {
    return this.#sources.size;
  }

  keys(): MapIterator<K> {
    return this.#sources.keys();
  }

  *entries(): MapIterator<[K, V]> {
    for (const key of this.#sources.keys()) {
      const value = this.get(key);
      if (value !== undefined) yield [key, value];
    }
  }

  *values(): MapIterator<V> {
    for (const key of this.#sources.keys()) {
      const value = this.get(key);
      if (value !== undefined) yield value;
    }
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries();
  }

  forEach(visit: (value: V, key: K, map: ReadonlyMap<K, V>) => void, thisArg?: unknown): void {
    for (const [key, value] of this.entries()) visit.call(thisArg, value, key, this);
  }
}
