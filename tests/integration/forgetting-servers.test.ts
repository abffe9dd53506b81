import { inject } from 'vitest'
import { forgettingContract } from './forgetting.contract.ts'
import { serversPlace } from './running-halflife.ts'

forgettingContract('Kafka and Redis', async () => serversPlace(inject('kafkaBrokers'), inject('redisUrl')))
