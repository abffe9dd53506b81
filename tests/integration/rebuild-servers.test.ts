import { inject } from 'vitest'
import { rebuildContract } from './rebuild.contract.ts'
import { serversPlace } from './running-halflife.ts'

rebuildContract('Kafka and Redis', async () => serversPlace(inject('kafkaBrokers'), inject('redisUrl')))
