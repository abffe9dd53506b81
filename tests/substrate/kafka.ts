import { startKafkaContainer } from './kafka-container.ts'
import { startNativeKafka } from './kafka-native.ts'
import { obtainService } from './obtain-service.ts'
import type { RunningService } from './running-service.ts'

export function obtainKafka(options: { readonly port?: number } = {}): Promise<RunningService> {
  return obtainService({
    name: 'Kafka',
    variable: 'KAFKA_BROKERS',
    ways: [
      { name: 'container', start: () => startKafkaContainer(options.port) },
      { name: 'native process', start: () => startNativeKafka(options) },
    ],
    advice:
      'Set KAFKA_BROKERS, or start Docker, or install Java 17 and Maven ' +
      '(Debian: apt-get install openjdk-17-jre-headless maven).',
  })
}
