import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { embeddedEventLog } from '../../libs/log/embedded/embedded-event-log.ts'
import { openLogDatabase } from '../../libs/log/embedded/log-database.ts'
import { eventLogContract } from './event-log.contract.ts'
import {
  consumeAll,
  contractLogs,
  keeper,
  numbered,
  numbersOf,
  patient,
  readAll,
  rising,
  sorted,
} from './event-log-sample.ts'

let path: string
const children: ChildProcess[] = []

beforeAll(async () => {
  path = await mkdtemp(join(tmpdir(), 'halflife-log-'))
})

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

afterAll(() => rm(path, { recursive: true, force: true }))

/** Starts event-log-embedded-member.ts on the log, and collects what it says. */
function startMember(...words: string[]) {
  const program = fileURLToPath(new URL('./event-log-embedded-member.ts', import.meta.url))
  const [task = '', ...rest] = words
  const child = spawn(process.execPath, ['--import', 'tsx', program, task, path, ...rest], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const said: string[] = []
  createInterface(child.stdout).on('line', (line) => said.push(line))
  return { child, said }
}

eventLogContract('embedded', async () => embeddedEventLog({ path }))

describe('embedded event log', () => {
  const { logWithTopic } = contractLogs(async () => embeddedEventLog({ path }))

  it('holds every append that resolved before its process was killed', async () => {
    const { log, topic } = await logWithTopic()
    const { child, said } = startMember('append', topic, '1000000', '0')
    await expect.poll(() => said.length, patient).toBeGreaterThan(100)
    child.kill('SIGKILL')
    await once(child, 'close')
    const numbers = sorted(numbersOf(await readAll(log, topic)))
    expect(numbers.length).toBeGreaterThanOrEqual(said.length)
    expect(numbers).toEqual(rising(numbers.length))
  })

  it('gives each record an offset of its own when several processes append at once', async () => {
    const { log, topic, group } = await logWithTopic({ partitions: 1 })
    const { numbers, onBatch } = keeper()
    await log.subscribe({ group, topics: [topic], onBatch })
    const each = 500
    const members = [0, 1, 2].map(
      (index) => startMember('append', topic, String(each), String(each * index)).child,
    )
    const exits = await Promise.all(members.map(async (member) => (await once(member, 'exit'))[0]))
    expect(exits).toEqual([0, 0, 0])
    const records = await readAll(log, topic)
    expect(records.map(({ offset }) => offset)).toEqual(rising(3 * each))
    expect(sorted(numbersOf(records))).toEqual(rising(3 * each))
    await expect.poll(() => sorted(numbers()), patient).toEqual(rising(3 * each))
  })

  it('leaves a group to its owner until the lease of a killed owner lapses, then delivers what it had not finished', async () => {
    const { log, topic, group } = await logWithTopic({ partitions: 1 })
    await log.append(topic, numbered(5))
    const { child, said } = startMember('consume', topic, group)
    await expect.poll(() => said, patient).toEqual(['0 1 2 3 4'])
    const { numbers, onBatch } = keeper()
    await log.subscribe({ group, topics: [topic], onBatch })
    await log.append(topic, numbered(5, 5))
    expect(numbers()).toEqual([])
    child.kill('SIGKILL')
    await expect.poll(numbers, patient).toEqual(rising(10))
  })

  it('leaves its group free at once when it is closed', async () => {
    const { log, topic, group } = await logWithTopic()
    await log.append(topic, numbered(5))
    await consumeAll(log, group, topic)
    const database = openLogDatabase(path)
    expect(database.leases.get(group)).toBeUndefined()
    await database.close()
  })

  it('drops the older records of a key from a compacted topic, and consumes across the gaps', async () => {
    const { log, topic, group } = await logWithTopic({ compacted: true, partitions: 1 })
    await log.append(topic, numbered(200))
    const records = await readAll(log, topic)
    expect(numbersOf(records)).toEqual(rising(200).slice(180))
    expect(records.map(({ offset }) => offset)).toEqual(rising(200).slice(180))
    expect(numbersOf(await consumeAll(log, group, topic))).toEqual(rising(200).slice(180))
    const { numbers, onBatch } = keeper()
    await log.subscribe({ group, topics: [topic], onBatch, startAt: async () => 3 })
    await expect.poll(numbers, patient).toEqual(rising(200).slice(180))
  })

  it('hands over at most 4,000 records at a time, and about a mebibyte', async () => {
    const { log, topic, group } = await logWithTopic({ partitions: 1 })
    await log.append(topic, numbered(4_500))
    await log.append(
      topic,
      [0, 1, 2, 3].map(() => ({ key: 'large', value: Buffer.alloc(600_000) })),
    )
    const sizes: number[] = []
    await log.subscribe({
      group,
      topics: [topic],
      onBatch: async ({ records }) => {
        sizes.push(records.length)
      },
    })
    await expect.poll(() => sizes, patient).toEqual([4_000, 502, 2])
  })

  it('refuses everything once it is closed', async () => {
    const { log, topic, group } = await logWithTopic()
    await log.close()
    const closed = { code: 'HL_LOG_UNAVAILABLE' }
    await expect(log.append(topic, numbered(1))).rejects.toMatchObject(closed)
    await expect(log.ping()).rejects.toMatchObject(closed)
    await expect(log.endOffsets(topic)).rejects.toMatchObject(closed)
    await expect(readAll(log, topic)).rejects.toMatchObject(closed)
    await expect(log.subscribe({ group, topics: [topic], onBatch: keeper().onBatch })).rejects.toMatchObject(
      closed,
    )
  })

  it('says so when the disk is full, keeps what it has, and lives on', async () => {
    // A limit on the size of files, in blocks of 512 or 1,024 bytes, stands for a small disk.
    const limited = ['-c', 'ulimit -f 4096; exec "$@"', 'sh', process.execPath, '--import', 'tsx']
    const filler = fileURLToPath(new URL('./event-log-embedded-filler.ts', import.meta.url))
    const { stdout } = await promisify(execFile)('sh', [...limited, filler, join(path, 'full')])
    expect(JSON.parse(stdout)).toEqual({ codes: ['HL_LOG_UNAVAILABLE', 'HL_LOG_UNAVAILABLE'], unread: 0 })
  })

  it('says which folder cannot be opened', async () => {
    const file = join(path, 'a-file')
    await writeFile(file, 'no folder')
    expect(() => embeddedEventLog({ path: join(file, 'log') })).toThrow(
      expect.objectContaining({ code: 'HL_LOG_UNAVAILABLE', message: expect.stringContaining(file) }),
    )
  })
})
