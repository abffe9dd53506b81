import { setTimeout as pause } from 'node:timers/promises'
import type { SeededRandom } from '../simulation/seeded-random.ts'
import type { Member, TrackerFleet } from './tracker-fleet.ts'

/** Troubles on the way to Redis that come all the while. */
export interface SlowNetwork {
  readonly cuts: () => number
  readonly truncations: () => number
  readonly delays: () => number
  /** Resolves when the network is as good as it was. */
  heal(): Promise<void>
}

export interface SlowNetworkOptions {
  readonly fleet: TrackerFleet
  readonly random: SeededRandom
  readonly undisturbed: ReadonlySet<Member>
  /** Between two troubles, on average, ms. */
  readonly everyMs: number
  /** What each piece of data takes without trouble, and at most with it. */
  readonly delayMs: number
  readonly longestDelayMs: number
}

export function slowNetwork(options: SlowNetworkOptions): SlowNetwork {
  const { fleet, random, undisturbed, everyMs, delayMs, longestDelayMs } = options
  const ending = new AbortController()
  const touched = new Set<Member>()
  let [cuts, delays] = [0, 0]

  function disturb(member: Member): void {
    touched.add(member)
    const kind = random.below(4)
    if (kind === 0) cuts += member.proxy.cut() > 0 ? 1 : 0
    else if (kind === 1) member.proxy.truncateNext(random.pick(['request', 'reply']))
    else if (kind === 2) {
      delays++
      member.proxy.delayBy(random.below(longestDelayMs))
    } else member.proxy.delayBy(delayMs)
  }

  async function run(): Promise<void> {
    while (!ending.signal.aborted) {
      await pause(random.below(2 * everyMs), undefined, { signal: ending.signal }).catch(() => undefined)
      const members = [...fleet.members].filter((member) => !undisturbed.has(member))
      if (members.length > 0 && !ending.signal.aborted) disturb(random.pick(members))
    }
  }

  const running = run()
  return {
    cuts: () => cuts,
    delays: () => delays,
    truncations: () => [...touched].reduce((sum, { proxy }) => sum + proxy.truncated(), 0),
    async heal() {
      ending.abort()
      await running
      for (const { proxy } of fleet.members) proxy.delayBy(0)
    },
  }
}
