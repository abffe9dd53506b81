import { describe } from 'vitest'
import type { EventLog } from '../../libs/log/event-log.ts'
import { eventLogGroupsContract } from './event-log-groups.contract.ts'
import { eventLogRecordsContract } from './event-log-records.contract.ts'
import { eventLogStartAtContract } from './event-log-start-at.contract.ts'

/** What every adapter of the EventLog port does.
 *  @param open a log on the adapter's one substrate; a second call opens the same log again */
export function eventLogContract(name: string, open: () => Promise<EventLog>): void {
  describe(`${name} event log: records and topics`, () => eventLogRecordsContract(open))
  describe(`${name} event log: groups`, () => eventLogGroupsContract(open))
  describe(`${name} event log: startAt`, () => eventLogStartAtContract(open))
}
