import type { Substrate } from '../tests/substrate/substrate.ts'
import type { Figure } from './figure.ts'

/** What a benchmark works with. */
export interface Bench {
  /** A first look: smaller inputs, fewer runs. */
  readonly quick: boolean
  /** No input has more items or users than this. */
  readonly upTo: number
  /** Services write their CPU profiles here; undefined: none are taken. */
  readonly profiles: string | undefined
  /** Real Kafka and Redis, started when first asked for. */
  substrate(): Promise<Substrate>
  /** What several benchmarks rest on is made, or measured, once. */
  once<T>(name: string, make: () => Promise<T>): Promise<T>
  /** Called when all is over, last first; also after Ctrl-C. */
  whenOver(clean: () => Promise<void>): void
  /** `done` of `total` of the step at hand. */
  progress(step: string, done: number, total: number): void
}

export interface Benchmark {
  readonly name: string
  readonly measures: string
  /** What a quick run does less of. */
  readonly quickly: string
  /** Only taken quickly when asked for by name: it would not fit into a first look. */
  readonly slow?: boolean
  run(bench: Bench): Promise<Figure[]>
}

/** Those of the sizes that the run allows; the smallest in any case. */
export function sizesWithin(sizes: readonly number[], { upTo }: Bench): number[] {
  return sizes.filter((size, place) => place === 0 || size <= upTo)
}
