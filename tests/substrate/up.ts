/** `npm run services`: a Kafka and a Redis to develop against, until Ctrl-C. */
import { once } from 'node:events'
import { messageOf } from '../../libs/errors/halflife-error.ts'
import { freePortFrom } from './free-port.ts'
import { startSubstrate } from './substrate.ts'

const say = (line: string) => void process.stdout.write(`${line}\n`)

try {
  // Listening for the signals comes first: Ctrl-C during the start must stop what is half up, too.
  const asked = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  const substrate = await startSubstrate(say, {
    kafka: await freePortFrom(9092),
    redis: await freePortFrom(6379),
  })
  say(`\nexport KAFKA_BROKERS=${substrate.kafka.address} REDIS_URL=${substrate.redis.address}`)
  say('\nThey run until you press Ctrl-C here; their data go with them.')
  const keepRunning = setInterval(() => {}, 60_000)
  await asked
  clearInterval(keepRunning)
  say('\nStopping.')
  await substrate.stop()
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`)
  process.exitCode = 1
}
