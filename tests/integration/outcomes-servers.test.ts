import { inject } from 'vitest'
import { outcomesContract } from './outcomes.contract.ts'
import { serversPlace } from './running-halflife.ts'

const place = async () => serversPlace(inject('kafkaBrokers'), inject('redisUrl'))
outcomesContract('Kafka and Redis, each service by itself', place, false)
