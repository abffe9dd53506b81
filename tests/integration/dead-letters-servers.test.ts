import { inject } from 'vitest'
import { deadLettersContract } from './dead-letters.contract.ts'
import { serversPlace } from './running-halflife.ts'

deadLettersContract('Kafka and Redis', async () => serversPlace(inject('kafkaBrokers'), inject('redisUrl')))
