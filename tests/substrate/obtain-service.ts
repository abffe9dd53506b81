import { messageOf } from '../../libs/errors/halflife-error.ts'
import type { RunningService } from './running-service.ts'

export interface Way {
  readonly name: string
  readonly start: () => Promise<RunningService>
}

export interface Wanted {
  readonly name: string
  /** The environment variable that may hold the address of a server that is already there. */
  readonly variable: string
  /** Tried in order. */
  readonly ways: readonly Way[]
  /** What a person can do when no way led there. */
  readonly advice: string
}

/** @throws with one message that names each way, why it failed, and what to install */
export async function obtainService({ name, variable, ways, advice }: Wanted): Promise<RunningService> {
  const given = process.env[variable]
  if (given) return { address: given, how: `${variable} in the environment`, stop: async () => {} }
  const refusals: string[] = []
  for (const way of ways) {
    try {
      return await way.start()
    } catch (error) {
      refusals.push(`- ${way.name}: ${messageOf(error)}`)
    }
  }
  throw new Error([`${name} cannot be had. ${advice}`, 'What was tried:', ...refusals].join('\n'))
}
