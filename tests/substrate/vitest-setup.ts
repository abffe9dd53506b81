import type { TestProject } from 'vitest/node'
import { startSubstrate } from './substrate.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** `host:port`, or several with commas between. */
    kafkaBrokers: string
    redisUrl: string
  }
}

/** Once for a whole test run: a real Kafka and a real Redis, whose addresses tests get by `inject('kafkaBrokers')` and
 *  `inject('redisUrl')`. Tests share them, so each must use topics, groups and key prefixes of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // A signal would end Vitest without a word: leaving by process.exit lets the services and their data go first.
  process.once('SIGINT', () => process.exit(130))
  process.once('SIGTERM', () => process.exit(143))
  const substrate = await startSubstrate((line) => void process.stdout.write(`${line}\n`))
  project.provide('kafkaBrokers', substrate.kafka.address)
  project.provide('redisUrl', substrate.redis.address)
  return substrate.stop
}
