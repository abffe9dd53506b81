import { GenericContainer, Wait } from 'testcontainers'
import { engineWithImage } from './container-engine.ts'
import { freePort } from './free-port.ts'
import { kafkaSettings } from './kafka-settings.ts'
import type { RunningService } from './running-service.ts'

export const kafkaImage = 'apache/kafka:4.3.1'

export async function startKafkaContainer(wantedPort?: number): Promise<RunningService> {
  const engine = await engineWithImage(kafkaImage)
  // The broker must tell its clients the port they reach it by, so it is chosen before the container is there.
  const port = wantedPort ?? (await freePort())
  const { host } = engine.info.containerRuntime
  const container = await new GenericContainer(kafkaImage)
    .withEnvironment({
      ...asEnvironment(kafkaSettings({ host, bind: '0.0.0.0', port, controllerPort: port + 1 })),
      KAFKA_HEAP_OPTS: '-Xms128m -Xmx384m',
    })
    .withExposedPorts({ container: port, host: port })
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .withStartupTimeout(90_000)
    .start()
  return {
    address: `${host}:${port}`,
    how: `container ${kafkaImage}`,
    stop: async () => void (await container.stop()),
  }
}

/** The image reads `some.setting` from KAFKA_SOME_SETTING. */
function asEnvironment(settings: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      `KAFKA_${name.replaceAll('.', '_').toUpperCase()}`,
      value,
    ]),
  )
}
