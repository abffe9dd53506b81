import { embeddedEventLog } from '../../libs/log/embedded/embedded-event-log.ts'
import { numbered, numbersOf } from './event-log-sample.ts'

/* A process of its own on an embedded log; says on its output what it has done and goes on until it is killed.
 *   append PATH TOPIC COUNT FROM   appends one record after the other, and says each one's number when it is durable
 *   consume PATH TOPIC GROUP       says the numbers of each batch it is handed, and never finishes the batch */

const [task = '', path = '', topic = '', third = '', fourth = ''] = process.argv.slice(2)
const log = embeddedEventLog({ path })
const say = (words: string) => process.stdout.write(`${words}\n`)

if (task === 'append') {
  for (const record of numbered(Number(third), Number(fourth))) {
    await log.append(topic, [record])
    say(String(record.value))
  }
  await log.close()
} else {
  await log.subscribe({
    group: third,
    topics: [topic],
    onBatch: async ({ records }) => {
      say(numbersOf(records).join(' '))
      await new Promise(() => {})
    },
  })
}
