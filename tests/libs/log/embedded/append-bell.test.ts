import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type AppendBell, appendBell } from '../../../../libs/log/embedded/append-bell.ts'
import { type LogDatabase, openLogDatabase } from '../../../../libs/log/embedded/log-database.ts'

const never = new AbortController().signal

describe('the append bell', () => {
  let path: string
  let database: LogDatabase
  let bell: AppendBell

  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), 'halflife-bell-'))
    database = openLogDatabase(path)
    await database.write(() => {
      for (const topic of ['events', 'items'])
        database.topics.putSync(topic, { partitions: 1, compacted: false })
    })
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    bell = appendBell(database)
  })

  afterEach(async () => {
    bell.stop()
    vi.useRealTimers()
    await database.close()
    await rm(path, { recursive: true, force: true })
  })

  it('wakes the readers of a topic at once when it is rung, and no others', async () => {
    const woken: string[] = []
    const waiting = [
      bell.rung('events', never).then(() => woken.push('first')),
      bell.rung('events', never).then(() => woken.push('second')),
    ]
    void bell.rung('items', never).then(() => woken.push('items'))
    bell.ring('events')
    await Promise.all(waiting)
    expect(woken).toEqual(['first', 'second'])
  })

  it('wakes the readers of a topic that has grown without ringing, at the next look', async () => {
    const woken = vi.fn()
    void bell.rung('items', never).then(woken)
    const waiting = bell.rung('events', never)
    await database.write(() => database.put('events', [{ key: 'k', value: null }], 0))
    vi.advanceTimersByTime(100)
    await waiting
    expect(woken).not.toHaveBeenCalled()
  })

  it('does not wake again for what it has woken for', async () => {
    await database.write(() => database.put('events', [{ key: 'k', value: null }], 0))
    const first = bell.rung('events', never)
    vi.advanceTimersByTime(100)
    await first
    const woken = vi.fn()
    const second = bell.rung('events', never).then(woken)
    vi.advanceTimersByTime(1_000)
    await Promise.resolve()
    expect(woken).not.toHaveBeenCalled()
    bell.ring('events')
    await second
  })

  it('lets go when the signal aborts', async () => {
    const stopping = new AbortController()
    const waiting = bell.rung('events', stopping.signal)
    stopping.abort()
    await expect(waiting).resolves.toBeUndefined()
  })
})
