import { redisAddress } from '../../../libs/store/redis/redis-address.ts'
import { type HalflifeCommand, halflifeCommand } from '../../integration/halflife-command.ts'
import type { WhenOver } from '../../integration/running-halflife.ts'
import type { FaultyProxy } from '../../substrate/faulty-proxy.ts'
import { startFaultyProxy } from '../../substrate/faulty-proxy.ts'

/** A tracker in a process of its own, with its own faulty way to Redis. */
export interface Member {
  readonly command: HalflifeCommand
  readonly proxy: FaultyProxy
  /** Where its /metrics are. */
  readonly port: number
}

export interface TrackerFleet {
  readonly members: ReadonlySet<Member>
  /** Starts one more. Resolves when it listens; it has partitions some time later. */
  join(): Promise<Member>
  /** Kills it outright. */
  kill(member: Member): Promise<void>
  /** Ends it in good order; resolves with its exit code. */
  leave(member: Member): Promise<number | NodeJS.Signals>
  /** How often a line of theirs has matched, of the dead as well. */
  said(pattern: RegExp): number
}

export interface FleetOptions {
  readonly environment: Readonly<Record<string, string>>
  /** As REDIS_URL. Of a cluster only the way to the first node, by which the others are found, is faulty. */
  readonly redisUrl: string
  /** How long each piece of data takes to or from Redis, ms. */
  readonly delayMs: number
}

export function trackerFleet(
  { environment, redisUrl, delayMs }: FleetOptions,
  whenOver: WhenOver,
): TrackerFleet {
  const { isCluster, nodes } = redisAddress(redisUrl)!
  const members = new Set<Member>()
  const commands: HalflifeCommand[] = []

  async function end(member: Member, signal: NodeJS.Signals): Promise<number | NodeJS.Signals> {
    members.delete(member)
    member.command.signal(signal)
    const how = await member.command.ended
    await member.proxy.close()
    return how
  }

  return {
    members,
    async join() {
      const proxy = await startFaultyProxy(nodes[0]!)
      proxy.delayBy(delayMs)
      const url = `redis${isCluster ? '+cluster' : ''}://127.0.0.1:${proxy.port}`
      const own = { REDIS_URL: url, PORT: '0', EMBEDDER: 'lexical' }
      const command = halflifeCommand(['tracker'], { ...environment, ...own }, whenOver)
      commands.push(command)
      const [, port] = await command.printed(/"port":(\d+),"msg":"Listening/)
      const member = { command, proxy, port: Number(port) }
      members.add(member)
      return member
    },
    async kill(member) {
      await end(member, 'SIGKILL')
    },
    leave: (member) => end(member, 'SIGTERM'),
    said: (pattern) => commands.reduce((sum, command) => sum + timesSaid(command, pattern), 0),
  }
}

/** The store has refused a write because another tracker had gone on with the partition or the user. */
export const WRITE_REFUSED = /another tracker has moved it on|Writes were fenced/g
/** A tracker has found less in the store than it had left there. */
export const HOLE_FOUND = /stands at (\d+|no offset) in the store, not at/g

export function timesSaid({ output }: HalflifeCommand, pattern: RegExp): number {
  return output().stderr.match(pattern)?.length ?? 0
}
