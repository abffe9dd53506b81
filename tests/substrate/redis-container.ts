import { GenericContainer, Wait } from 'testcontainers'
import { engineWithImage } from './container-engine.ts'
import { freePort } from './free-port.ts'
import type { RunningService } from './running-service.ts'

export const redisImage = 'redis:8.2.1-alpine'

export async function startRedisContainer(port?: number): Promise<RunningService> {
  await engineWithImage(redisImage)
  const container = await new GenericContainer(redisImage)
    .withCommand(['redis-server', '--save', '', '--appendonly', 'no', '--protected-mode', 'no'])
    .withExposedPorts({ container: 6379, host: port ?? (await freePort()) })
    .withWaitStrategy(Wait.forLogMessage(/Ready to accept connections/))
    .withStartupTimeout(60_000)
    .start()
  return {
    address: `redis://${container.getHost()}:${container.getMappedPort(6379)}`,
    how: `container ${redisImage}`,
    stop: async () => void (await container.stop()),
  }
}
