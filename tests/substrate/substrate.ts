import { performance } from 'node:perf_hooks'
import { obtainKafka } from './kafka.ts'
import { obtainRedis } from './redis.ts'
import type { RunningService } from './running-service.ts'

export interface Substrate {
  readonly kafka: RunningService
  readonly redis: RunningService
  stop(): Promise<void>
}

/** Brings up both services side by side. When one cannot be had the other is stopped again.
 *  @param say is told in one line how each was got and how long it took */
export async function startSubstrate(
  say: (line: string) => void,
  ports: { readonly kafka?: number; readonly redis?: number } = {},
): Promise<Substrate> {
  const starting = [
    timed('Kafka', say, () => obtainKafka(onPort(ports.kafka))),
    timed('Redis', say, () => obtainRedis(onPort(ports.redis))),
  ] as const
  try {
    const [kafka, redis] = await Promise.all(starting)
    return { kafka, redis, stop: async () => void (await Promise.all([kafka.stop(), redis.stop()])) }
  } catch (error) {
    for (const outcome of await Promise.allSettled(starting)) {
      if (outcome.status === 'fulfilled') await outcome.value.stop()
    }
    throw error
  }
}

function onPort(port: number | undefined): { port?: number } {
  return port === undefined ? {} : { port }
}

async function timed(
  name: string,
  say: (line: string) => void,
  start: () => Promise<RunningService>,
): Promise<RunningService> {
  const beganMs = performance.now()
  const service = await start()
  const seconds = ((performance.now() - beganMs) / 1000).toFixed(1)
  say(`${name} at ${service.address} (${service.how}), ready in ${seconds} s`)
  return service
}
