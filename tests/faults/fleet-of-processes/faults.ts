import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'vitest'
import type { SeededRandom } from '../simulation/seeded-random.ts'
import type { Fault } from './fault-plan.ts'
import { type Ground, SESSION_TIMEOUT_MS } from './ground.ts'
import { losePower } from './lost-second.ts'
import type { Producer } from './producer.ts'
import { type Member, type TrackerFleet, timesSaid, WRITE_REFUSED } from './tracker-fleet.ts'

/** Redis answers are given up after 5 s (redis-connection.ts): a zombie that has slept longer drops its batch. */
const LONGEST_SLEEP_MS = 4_300
/** So that the tracker that is to stand still has something in hand. */
const EVENTS_FOR_A_BATCH = 100
/** So that what it holds is out of date when it wakes up. */
const EVENTS_MEANWHILE = 200
const MOST_TRIES = 5
const PATIENCE_MS = 20_000

/** What came of the faults, beside their number. */
export interface FaultsSeen {
  /** SIGSTOP longer than the session, then SIGCONT. */
  zombies: number
  /** Those that were seen to have tried to write, and to have been refused by the store. */
  zombiesRefused: number
  bytesLost: number
}

export interface FaultContext {
  readonly ground: Ground
  readonly fleet: TrackerFleet
  readonly random: SeededRandom
  readonly seen: FaultsSeen
  readonly producer: Producer
  /** Whom the random troubles on the way to Redis leave alone. */
  readonly undisturbed: Set<Member>
}

export function injectFault(fault: Fault, context: FaultContext): Promise<void> {
  return injections[fault](context)
}

const injections: Record<Fault, (context: FaultContext) => Promise<void>> = {
  async crash({ fleet, random }) {
    await fleet.kill(random.pick([...fleet.members]))
    await fleet.join()
  },
  async join({ fleet }) {
    await fleet.join()
  },
  async leave({ fleet, random }) {
    expect(await fleet.leave(random.pick([...fleet.members]))).toBe(0)
  },
  zombie: makeZombie,
  async redisRestart({ ground, random }) {
    const server = random.pick([...ground.redisServers])
    await server.kill()
    await server.start()
  },
  async powerLoss({ ground, random, seen, producer }) {
    producer.allow(producer.sent() + EVENTS_FOR_A_BATCH)
    seen.bytesLost += await losePower(ground.redisServers[0]!, ground.redisDir, random)
  },
  async brokerRestart({ ground }) {
    await ground.kafka.kill()
    await ground.kafka.start()
  },
}

/** Until one has been seen to be refused: now and then the batch that a tracker stands still in comes to nothing for
 *  another reason. */
async function makeZombie(context: FaultContext): Promise<void> {
  for (let tries = 1; tries <= MOST_TRIES; tries++) {
    context.seen.zombies++
    if (await wasRefused(context)) {
      context.seen.zombiesRefused++
      return
    }
  }
  throw new Error(`none of ${MOST_TRIES} zombies has tried to write and been refused`)
}

/** A tracker stands still when it has asked Redis for users whom it means to change, and wakes up, the answer of then in
 *  its hand, when others have gone on with its partitions: with that batch, and with later events of the same users. */
async function wasRefused({ ground, fleet, random, undisturbed, producer }: FaultContext): Promise<boolean> {
  const zombie = random.pick([...fleet.members])
  undisturbed.add(zombie)
  const hold = zombie.proxy.holdReplies('hmget')
  producer.allow(producer.sent() + EVENTS_FOR_A_BATCH)
  try {
    const inBatch = await Promise.race([hold.begun.then(() => true), pause(PATIENCE_MS).then(() => false)])
    if (!inBatch) return false
    const refusedBefore = timesSaid(zombie.command, WRITE_REFUSED)
    zombie.command.signal('SIGSTOP')
    const stoppedMs = performance.now()
    hold.release()
    producer.allow(producer.sent() + EVENTS_MEANWHILE)
    await pause(SESSION_TIMEOUT_MS)
    const ends = await ground.log.endOffsets(ground.topics.events)
    const isTakenOver = async () => {
      const positions = await ground.positions()
      return [...ends].every(([partition, end]) => (positions.get(partition) ?? 0) >= end)
    }
    while (!(await isTakenOver()) && performance.now() - stoppedMs < LONGEST_SLEEP_MS) await pause(50)
    zombie.command.signal('SIGCONT')
    for (let waited = 0; waited < 3_000; waited += 50) {
      if (timesSaid(zombie.command, WRITE_REFUSED) > refusedBefore) return true
      await pause(50)
    }
    return false
  } finally {
    hold.release()
    undisturbed.delete(zombie)
  }
}
