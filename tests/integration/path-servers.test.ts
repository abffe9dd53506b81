import { inject } from 'vitest'
import { pathContract } from './path.contract.ts'
import { runServices, serversPlace, settingsAt } from './running-halflife.ts'

pathContract('Kafka and Redis, each service by itself', async (whenOver) => {
  const settings = settingsAt(serversPlace(inject('kafkaBrokers'), inject('redisUrl')))
  const [collector, , scorer] = await Promise.all([
    runServices(['collector'], settings, whenOver),
    runServices(['tracker'], settings, whenOver),
    runServices(['scorer'], settings, whenOver),
  ])
  return { collector: collector!, scorer: scorer! }
})
