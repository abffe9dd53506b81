import { controlRecordOf } from '../../libs/event/control-record.ts'
import { sourceOf } from '../../libs/event/replayed-record.ts'
import { isForgottenWith } from '../../libs/interest/user-link.ts'
import { isOlderThanForgetting, type UserState } from '../../libs/interest/user-state.ts'
import type { EventLog, LogRecord } from '../../libs/log/event-log.ts'

type Standing = Pick<UserState, 'aliasOf' | 'forgottenAtMs' | 'forgottenIn'> & {
  /** Records by which the user is forgotten. */
  readonly requests: Pick<LogRecord, 'partition' | 'offset' | 'timestampMs'>[]
}

/** Who is forgotten by which records of the events topic, told by the rules by which a tracker applies them. */
export class Forgettings {
  readonly #byUser = new Map<string, Standing>()

  /** Those that the log holds. @throws HL_LOG_UNAVAILABLE */
  static async inLog(log: Pick<EventLog, 'read'>, eventsTopic: string): Promise<Forgettings> {
    const forgettings = new Forgettings()
    for await (const record of log.read(eventsTopic)) forgettings.add(record)
    return forgettings
  }

  /** Of each partition in the order of its offsets; the records of producers say nothing here. */
  add(record: LogRecord): void {
    const control = controlRecordOf(record)
    if (control === undefined || control.kind === 'item-known' || control.kind === 'has-alias') return
    const { partition, offset, timestampMs } = record
    const at = { partition: String(partition), offset, logTimeMs: timestampMs }
    const standing = this.#standingOf(control.userId)
    if (control.kind === 'alias-of') {
      if (isOlderThanForgetting(standing, at)) return
      standing.aliasOf ??= { userId: control.otherId, atMs: timestampMs }
      return
    }
    if (control.kind === 'forget-with' && !isForgottenWith(standing, control.account, timestampMs)) return
    standing.requests.push({ partition, offset, timestampMs })
    if (isOlderThanForgetting(standing, at)) return
    standing.aliasOf = undefined
    standing.forgottenAtMs = Math.max(standing.forgottenAtMs, timestampMs)
    standing.forgottenIn = at.partition
  }

  /** Whether a record of the user's is older than one by which they are forgotten. Only within a partition does the place tell:
   *  whoever took the request may have a clock behind the producer's. */
  isForgotten(
    userId: string,
    record: Pick<LogRecord, 'partition' | 'offset' | 'timestampMs' | 'headers'>,
  ): boolean {
    const isPlaced = sourceOf(record) === undefined
    return (this.#byUser.get(userId)?.requests ?? []).some((request) =>
      isPlaced && request.partition === record.partition
        ? record.offset < request.offset
        : record.timestampMs <= request.timestampMs,
    )
  }

  #standingOf(userId: string): Standing {
    const known = this.#byUser.get(userId)
    if (known !== undefined) return known
    const standing = { aliasOf: undefined, forgottenAtMs: 0, forgottenIn: '', requests: [] }
    this.#byUser.set(userId, standing)
    return standing
  }
}
