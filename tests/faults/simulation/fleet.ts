import type { FaultName } from './faults.ts'
import type { Process } from './pending-calls.ts'
import type { Holding } from './simulated-log.ts'
import { type SimulatedTracker, simulatedTracker, type TrackerSurroundings } from './simulated-tracker.ts'
import { type Circumstances, MOST_PARTITIONS, topics } from './small-world.ts'

const TRACKERS = 3

/** The trackers, who of them believes to have which partition, and what can befall them. */
export interface Fleet {
  readonly trackers: () => readonly SimulatedTracker[]
  /** What happens when a fault of that name strikes. */
  readonly mishaps: readonly (readonly [fault: FaultName, befall: () => void])[]
  /** Now and then a tracker that stands still goes on. */
  wakeSome(): void
  /** All trackers go on, and everybody learns that their partitions are no longer theirs. */
  recall(): void
  /** Gives each partition to somebody. */
  assignAll(): void
  /** The events topic has more partitions, and somebody may get them. */
  addPartitions(growth: Circumstances['growth']): void
}

interface Place {
  readonly topic: string
  readonly partition: number
}

/** @param onBug told of an error that no tracker may let through */
export function fleet(surroundings: TrackerSurroundings, onBug: (error: unknown) => void): Fleet {
  const { random, calls, stored, data, happened } = surroundings
  const places = (): Place[] =>
    [topics.events, topics.items, topics.users, topics.impressions].flatMap((topic) =>
      data.topics.get(topic)!.map((_, partition) => ({ topic, partition })),
    )
  let begun = 0
  let trackers: SimulatedTracker[] = []
  let holdings: Holding[] = []

  function begin(): void {
    trackers.push(simulatedTracker({ name: `tracker ${begun++}`, paused: false }, surroundings))
  }

  /** Gives the partition to a tracker that has none of its batches in hand.
   *  @param noticed whoever had it takes no further batch; otherwise both believe that it is theirs */
  function assign({ topic, partition }: Place, noticed: boolean): void {
    holdings = holdings.filter((holding) => !holding.hasEnded())
    const theirs = holdings.filter((holding) => holding.topic === topic && holding.partition === partition)
    const busy = new Set(theirs.map(({ process }) => process))
    const free = trackers.filter(({ process }) => !busy.has(process) && !process.paused)
    if (free.length === 0) return
    if (noticed) for (const holding of theirs) holding.end()
    holdings.push(random.pick(free).log.hold(topic, partition, onBug))
  }

  /** Takes the holdings of a process away, and returns them. */
  function leave(process: Process): Holding[] {
    const left = holdings.filter((holding) => holding.process === process)
    holdings = holdings.filter((holding) => holding.process !== process)
    return left
  }

  function crash(): void {
    const { process } = random.pick(trackers)
    calls.crash(process)
    trackers = trackers.filter((tracker) => tracker.process !== process)
    begin()
    for (const holding of leave(process)) assign(holding, random.chance(0.5))
  }

  function pause(): void {
    const { process } = random.pick(trackers)
    const awake = trackers.filter((tracker) => !tracker.process.paused)
    if (process.paused || awake.length < 2) return
    process.paused = true
    for (const holding of holdings.filter((each) => each.process === process)) assign(holding, false)
  }

  /** The server comes up from an older snapshot, at times from an empty one. Nobody has a connection to it yet. */
  function loseWrites(): void {
    calls.breakConnections('store')
    stored.tables.loseLast(random.chance(0.2) ? Number.MAX_SAFE_INTEGER : 1 + random.below(10))
  }

  const mishaps: [FaultName, () => void][] = [
    ['crash', crash],
    ['pause', pause],
    ['takeOver', () => assign(random.pick(places()), random.chance(0.5))],
    ['writesLost', loseWrites],
  ]
  for (let number = 0; number < TRACKERS; number++) begin()
  return {
    trackers: () => trackers,
    mishaps: mishaps.map(([fault, befall]) => {
      const counted = (): void => {
        happened(fault)
        befall()
      }
      return [fault, counted] as const
    }),
    wakeSome() {
      for (const { process } of trackers) if (random.chance(0.02)) process.paused = false
    },
    recall() {
      for (const { process } of trackers) process.paused = false
      for (const holding of holdings) holding.end()
    },
    assignAll() {
      for (const place of places()) assign(place, true)
    },
    addPartitions(growth) {
      const partitions = data.topics.get(topics.events)!
      const added = { none: 0, 'by one': 1, doubling: partitions.length }[growth]
      if (partitions.length + added > MOST_PARTITIONS) return
      for (let count = 0; count < added; count++) {
        partitions.push([])
        // Not everybody hears of it at once.
        if (random.chance(0.5)) assign({ topic: topics.events, partition: partitions.length - 1 }, true)
      }
    },
  }
}
