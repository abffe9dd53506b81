import { isHalflifeError } from '../../libs/errors/halflife-error.ts'
import { embeddedEventLog } from '../../libs/log/embedded/embedded-event-log.ts'

/* A process of its own that appends until there is no more room, twice, and prints what it was told and what is left. */

const log = embeddedEventLog({ path: process.argv[2] ?? '' })
await log.ensureTopics([{ name: 'filled', partitions: 1, compacted: false }])
const record = { key: 'k', value: Buffer.alloc(20_000) }
const codes: string[] = []
let appended = 0

while (codes.length < 2 && appended < 1_000) {
  try {
    await log.append('filled', [record])
    appended += 1
  } catch (error) {
    codes.push(isHalflifeError(error) ? error.code : String(error))
  }
}
let unread = appended
for await (const _ of log.read('filled')) unread -= 1
await log.close()
process.stdout.write(JSON.stringify({ codes, unread }))
