/** The one source of chance of a simulated world: the same seed draws the same numbers, on any machine. */
export interface SeededRandom {
  /** An integer from 0 up to, not including, `end`. */
  below(end: number): number
  /** True with this probability. */
  chance(probability: number): boolean
  pick<T>(list: readonly T[]): T
  shuffled<T>(list: readonly T[]): T[]
}

/** Mulberry32 (Tommy Ettinger, public domain): a 32-bit counter, well mixed; its period of 2³² is far more than one
 *  world draws. */
export function seededRandom(seed: number): SeededRandom {
  let counter = seed >>> 0

  function fraction(): number {
    counter = (counter + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(counter ^ (counter >>> 15), counter | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  const below = (end: number): number => Math.floor(fraction() * end)
  return {
    below,
    chance: (probability) => fraction() < probability,
    pick: (list) => list[below(list.length)]!,
    shuffled(list) {
      const copy = [...list]
      for (let last = copy.length - 1; last > 0; last--) {
        const other = below(last + 1)
        const moved = copy[last]!
        copy[last] = copy[other]!
        copy[other] = moved
      }
      return copy
    },
  }
}
