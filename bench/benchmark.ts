import type { Substrate } from '../tests/substrate/substrate.ts'
import type { Figure } from './figure.ts'

/** What a benchmark works with. */
export interface Bench {
  /** A first look: smaller inputs, fewer runs. */
  readonly quick: boolean
  /** Real Kafka and Redis, started when first asked for. */
  substrate(): Promise<Substrate>
  /** Called when all is over, last first. */
  whenOver(clean: () => Promise<void>): void
  /** One line for people. */
  say(line: string): void
}

export interface Benchmark {
  readonly name: string
  readonly measures: string
  /** What a quick run leaves out. */
  readonly quickly: string
  run(bench: Bench): Promise<Figure[]>
}
