/* The appends of one topic leave in the order in which they came, one request at a time, and what gathers meanwhile
 * shares the next request (group commit). With several requests in flight a failed one would be repeated behind a later
 * one, and the records of one key would change places. */
import { HalflifeError } from '../../errors/halflife-error.ts'
import type { NewRecord } from '../event-log.ts'

/** Room for a record's offset, timestamp, lengths and attributes. */
const recordOverheadBytes = 32

export function bytesOf({ key, value, headers }: NewRecord): number {
  const bytes = recordOverheadBytes + Buffer.byteLength(key) + (value?.length ?? 0)
  return headers === undefined ? bytes : bytes + headerBytes(headers)
}

function headerBytes(headers: NonNullable<NewRecord['headers']>): number {
  return Object.entries(headers).reduce(
    (sum, [name, text]) => sum + Buffer.byteLength(name) + Buffer.byteLength(text) + 4,
    0,
  )
}

/** Cuts records into runs of at most maxBytes, in order. A record that alone is larger makes a run of its own. */
export function* runsOf(records: readonly NewRecord[], maxBytes: number): Generator<NewRecord[]> {
  let run: NewRecord[] = []
  let runBytes = 0
  for (const record of records) {
    const bytes = bytesOf(record)
    if (run.length > 0 && runBytes + bytes > maxBytes) {
      yield run
      run = []
      runBytes = 0
    }
    run.push(record)
    runBytes += bytes
  }
  if (run.length > 0) yield run
}

interface WaitingAppend {
  readonly records: readonly NewRecord[]
  readonly bytes: number
  /** `performance.now()` */
  readonly deadline: number
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

export interface AppendQueueOptions {
  /** Sends one run; after the deadline (`performance.now()`) it tries no more. */
  readonly send: (run: readonly NewRecord[], deadline: number) => Promise<void>
  readonly maxBatchBytes: number
  /** Both bound the memory: few records may be large, many small ones take more than their bytes. */
  readonly maxWaitingRecords: number
  readonly maxWaitingBytes: number
  /** An append rejects about so long after it was asked for, in ms. */
  readonly patienceMs: number
}

export interface AppendQueue {
  /** @throws HL_LOG_UNAVAILABLE when too much is waiting or it waited too long; whatever `send` rejects with */
  append(records: readonly NewRecord[]): Promise<void>
  /** Resolves when nothing is waiting any more. */
  drained(): Promise<void>
}

export function appendQueue({
  send,
  maxBatchBytes,
  maxWaitingRecords,
  maxWaitingBytes,
  patienceMs,
}: AppendQueueOptions): AppendQueue {
  const waiting: WaitingAppend[] = []
  let waitingRecords = 0
  let waitingBytes = 0
  let draining: Promise<void> | undefined

  function next(): WaitingAppend | undefined {
    const append = waiting.shift()
    waitingRecords -= append?.records.length ?? 0
    waitingBytes -= append?.bytes ?? 0
    return append
  }

  /** The appends of the next request: at least one, more while they fit into one run. */
  function nextGroup(): WaitingAppend[] {
    const group: WaitingAppend[] = []
    let bytes = 0
    while (waiting[0] && (group.length === 0 || bytes + waiting[0].bytes <= maxBatchBytes)) {
      bytes += waiting[0].bytes
      group.push(next()!)
    }
    return group
  }

  async function sendGroup(group: readonly WaitingAppend[]): Promise<void> {
    const deadline = Math.min(...group.map((append) => append.deadline))
    if (performance.now() > deadline) {
      throw new HalflifeError(
        'HL_LOG_UNAVAILABLE',
        `The log took nothing for ${patienceMs} ms while this append waited its turn; send it again later.`,
      )
    }
    // Several always fit into one run; only one alone may be too large for it.
    const [first, ...others] = group
    if (others.length > 0)
      return send(
        group.flatMap(({ records }) => records),
        deadline,
      )
    for (const run of runsOf(first!.records, maxBatchBytes)) await send(run, deadline)
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const group = nextGroup()
      try {
        await sendGroup(group)
        for (const append of group) append.resolve()
      } catch (error) {
        for (const append of group) append.reject(error)
      }
    }
    draining = undefined
  }

  return {
    async append(records) {
      if (records.length === 0) return
      const bytes = records.reduce((sum, record) => sum + bytesOf(record), 0)
      const tooMuch =
        waitingRecords + records.length > maxWaitingRecords || waitingBytes + bytes > maxWaitingBytes
      if (waiting.length > 0 && tooMuch) {
        throw new HalflifeError(
          'HL_LOG_UNAVAILABLE',
          `${waitingRecords} records of ${waitingBytes} bytes already wait for the log, and at most ${maxWaitingRecords} ` +
            `of ${maxWaitingBytes} may; send more slowly.`,
        )
      }
      await new Promise<void>((resolve, reject) => {
        waiting.push({
          records,
          bytes,
          deadline: performance.now() + patienceMs,
          resolve,
          reject,
        })
        waitingRecords += records.length
        waitingBytes += bytes
        draining ??= drain()
      })
    },
    async drained() {
      await draining
    },
  }
}
