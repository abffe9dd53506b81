import { isHalflifeError } from '../../../libs/errors/halflife-error.ts'
import type { RawData } from '../../../libs/evaluation/history-data.ts'
import { rawCollector } from '../../../libs/evaluation/raw-data.ts'
import { controlRecordOf } from '../../../libs/event/control-record.ts'
import { decodeEvent, decodeItem } from '../../../libs/event/decode-record.ts'
import type { EventWeights } from '../../../libs/event/event-type.ts'
import { itemOf, textOf } from '../../../libs/event/item.ts'
import type { LogRecord } from '../../../libs/log/event-log.ts'
import type { Progress } from '../../process/progress.ts'
import type { OpenLog } from '../../process/substrate.ts'
import { Forgettings } from '../forgettings.ts'

/** The history that the log holds at this moment. What a user did before they were forgotten is left out, as a tracker
 *  would leave it out; records that nobody can understand are listed as broken. @throws HL_LOG_UNAVAILABLE */
export async function readLog(
  { log, topics }: OpenLog,
  weights: EventWeights,
  progress: Progress,
): Promise<RawData> {
  const forgettings = new Forgettings()
  for await (const record of counted(topics.events)) forgettings.add(record)
  const raw = rawCollector()
  for await (const record of counted(topics.events)) {
    if (controlRecordOf(record) !== undefined) continue
    const event = understood(record, () => decodeEvent(record, weights))
    if (typeof event !== 'string' && forgettings.isForgotten(event.userId, record)) continue
    raw.event(event, record.topic, record.offset)
  }
  for await (const record of counted(topics.items)) {
    const item = understood(record, () => decodeItem(record))
    if (typeof item === 'string') raw.text(item, record.topic, record.offset)
    else if (item.input !== undefined) {
      raw.text({ itemId: item.itemId, text: textOf(itemOf(item.input)) }, record.topic, record.offset)
    }
  }
  return raw.finished('the log')

  async function* counted(topic: string): AsyncIterable<LogRecord> {
    const ends = await log.endOffsets(topic)
    const total = [...ends.values()].reduce((sum, end) => sum + end, 0)
    let done = 0
    for await (const record of log.read(topic)) {
      if (done++ % 1_000 === 0) progress.report({ step: `read ${topic}`, done, total: Math.max(total, done) })
      yield record
    }
  }
}

/** What the record says, or why nobody can tell. */
function understood<T>(record: LogRecord, decode: () => T): T | string {
  try {
    return decode()
  } catch (error) {
    if (isHalflifeError(error)) return `${record.partition}/${record.offset}: ${error.message}`
    throw error
  }
}
