import { aliasRecords, forgetRecord } from '../../../libs/event/control-record.ts'
import type { SeededRandom } from './seeded-random.ts'
import { appendTo, type LogData } from './simulated-log.ts'
import { type Circumstances, fixedAlias, topics, userIds } from './small-world.ts'

export interface PeopleOptions {
  readonly random: SeededRandom
  readonly data: LogData
  readonly circumstances: Circumstances
  readonly now: () => number
}

/** What people ask for: to be forgotten, and that two of their ids be one. */
export interface People {
  askToForget(): void
  sayAlias(): void
}

export function people({ random, data, circumstances, now }: PeopleOptions): People {
  const append = (record: ReturnType<typeof forgetRecord>): void => appendTo(data, topics.events, record)

  /** Chains and rings are drawn too, and an id that two accounts claim. */
  function drawIds(): { userId: string; anonymousId: string } {
    if (circumstances.aliases === 'fixed') return fixedAlias
    const [userId = '', anonymousId = ''] = random.shuffled(userIds)
    return { userId, anonymousId }
  }

  return {
    askToForget() {
      const inUse = new Set<string>(circumstances.aliases === 'fixed' ? Object.values(fixedAlias) : [])
      const userId = random.pick(userIds.filter((each) => !inUse.has(each)))
      append(forgetRecord(userId, 'receipt', now()))
    },
    sayAlias() {
      const [aliasOf, hasAlias] = aliasRecords(drawIds(), 'receipt', now())
      append(aliasOf)
      // The collector may die between the two, and is asked again, or not.
      if (random.chance(0.9)) append(hasAlias)
    },
  }
}
