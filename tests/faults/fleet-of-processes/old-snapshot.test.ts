/* Redis is put back to what it was before half of the events, as after a failover to a replica that lagged, or from a
 * backup, while Kafka's commits say that all has been read. State and positions are old together, so the log fills the
 * hole: with trackers that start afresh, and with ones that run and hear of nothing but a lost connection. */
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { WhenOver } from '../../integration/running-halflife.ts'
import { type Ground, openGround } from './ground.ts'
import { startProducer } from './producer.ts'
import { type Publication, publications } from './publications.ts'
import { HOLE_FOUND, type TrackerFleet, trackerFleet } from './tracker-fleet.ts'

const population = { events: 2_000, users: 150, items: 60 }
const DRAINED_WITHIN_MS = 60_000

describe('an old Redis under newer commits', () => {
  const cleanings: (() => Promise<void>)[] = []
  const whenOver: WhenOver = (clean) => cleanings.push(clean)
  let ground: Ground
  let fleet: TrackerFleet
  let snapshot: string
  const redis = () => ground.redisServers[0]!

  beforeAll(async () => {
    ground = await openGround(3, whenOver)
    fleet = trackerFleet({ ...ground, delayMs: 0 }, whenOver)
    snapshot = await mkdtemp(join(tmpdir(), 'halflife-old-redis-'))
    whenOver(() => rm(snapshot, { recursive: true, force: true }))
    await Promise.all([fleet.join(), fleet.join()])
    const sent = publications(1, population, Date.now())
    const half = sent.length / 2
    await publish(sent.slice(0, half))
    await redis().stop() // in good order: the folder is the test's own
    await cp(ground.redisDir, snapshot, { recursive: true })
    await redis().start()
    await publish(sent.slice(half))
  }, 120_000)

  afterAll(async () => {
    for (const clean of cleanings.reverse()) await clean()
  })

  async function publish(some: readonly Publication[]): Promise<void> {
    const producer = startProducer({ ...ground, publications: some, atOnce: 200, pauseMs: 1 })
    producer.allow(some.length)
    await producer.done
    await ground.drained(DRAINED_WITHIN_MS)
  }

  async function restore(): Promise<void> {
    await redis().kill()
    await rm(ground.redisDir, { recursive: true })
    await cp(snapshot, ground.redisDir, { recursive: true })
    await redis().start()
    await vi.waitFor(() => ground.store.ping(), { timeout: 10_000 })
  }

  async function expectAllThere(): Promise<void> {
    await ground.drained(DRAINED_WITHIN_MS)
    const { states } = await ground.check()
    expect(states.problems, states.problems.join('\n')).toEqual([])
    expect([states.lost, states.double]).toEqual([0, 0])
  }

  it('is filled from the log by trackers that start', { timeout: 120_000 }, async () => {
    await Promise.all([...fleet.members].map(fleet.leave))
    await restore()
    const [positions, ends] = [await ground.positions(), await ground.log.endOffsets(ground.topics.events)]
    expect(await ground.log.committedOffsets(ground.group, ground.topics.events)).toEqual(ends)
    for (const [partition, end] of ends) expect(positions.get(partition) ?? 0).toBeLessThan(end)
    expect((await ground.check()).states.problems).not.toEqual([])
    await Promise.all([fleet.join(), fleet.join()])
    await expectAllThere()
  })

  it('is filled from the log by trackers that run, although nothing new comes', {
    timeout: 120_000,
  }, async () => {
    const before = fleet.said(HOLE_FOUND)
    await restore()
    await expectAllThere()
    expect(fleet.said(HOLE_FOUND)).toBeGreaterThan(before)
  })
})
