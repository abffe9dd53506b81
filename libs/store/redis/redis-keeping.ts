import type { Redis } from 'ioredis'
import { HalflifeError } from '../../errors/halflife-error.ts'
import { answer } from './redis-connection.ts'

/** What a server says of how well it keeps what it is given. */
export interface Keeping {
  /** Keys are dropped when memory runs out. A state that is dropped takes its offsets along: its user starts from nothing,
   *  and nobody would notice. */
  readonly evicts: string | undefined
  /** A crash of the server loses everything since its last snapshot, or all. The log fills the hole as far as it reaches. */
  readonly forgetful: boolean
}

/** From INFO, which managed servers allow where they forbid CONFIG. */
export async function keepingOf(redis: Redis): Promise<Keeping> {
  const [memory, persistence] = await Promise.all([
    answer(redis.info('memory')),
    answer(redis.info('persistence')),
  ])
  const policy = fieldOf(memory, 'maxmemory_policy') ?? 'noeviction'
  const limited = Number(fieldOf(memory, 'maxmemory') ?? 0) > 0
  return {
    evicts: limited && policy !== 'noeviction' ? policy : undefined,
    forgetful: fieldOf(persistence, 'aof_enabled') === '0',
  }
}

/** @throws HL_STORE_EVICTS, unless `tolerated` */
export function requireKeeping(
  { evicts, forgetful }: Keeping,
  tolerated: boolean,
  warn: (detail: string) => void,
): void {
  if (evicts !== undefined) {
    const detail =
      `Redis drops keys when its memory is full (maxmemory-policy ${evicts}), and users with them. ` +
      'Set maxmemory-policy noeviction, or REDIS_EVICTION=tolerate to live with it.'
    if (!tolerated) throw new HalflifeError('HL_STORE_EVICTS', detail)
    warn(detail)
  }
  if (forgetful) {
    warn(
      'Redis keeps no append-only file: when it crashes, states are lost as far back as its last snapshot and are made ' +
        'again from the log, as far as that reaches. Set appendonly yes.',
    )
  }
}

function fieldOf(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1]
}
