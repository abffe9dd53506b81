import { obtainService } from './obtain-service.ts'
import { startRedisContainer } from './redis-container.ts'
import { startNativeRedis } from './redis-native.ts'
import type { RunningService } from './running-service.ts'

export function obtainRedis(options: { readonly port?: number } = {}): Promise<RunningService> {
  return obtainService({
    name: 'Redis',
    variable: 'REDIS_URL',
    ways: [
      { name: 'container', start: () => startRedisContainer(options.port) },
      { name: 'native process', start: () => startNativeRedis(options) },
    ],
    advice:
      'Set REDIS_URL, or start Docker, or install redis-server (Debian: apt-get install redis-server) ' +
      'or Python 3 with pip.',
  })
}
