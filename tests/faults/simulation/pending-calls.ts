import { HalflifeError } from '../../../libs/errors/halflife-error.ts'
import type { FaultName, Faults } from './faults.ts'
import type { SeededRandom } from './seeded-random.ts'

/** A tracker's process. */
export interface Process {
  readonly name: string
  /** Stands still: its calls are neither done nor answered. */
  paused: boolean
}

/** Hands a call over to the world, which does it and answers it when its turn comes. */
export type Call = <T>(name: string, effect: () => T) => Promise<T>

type Outcome<T> = { readonly answer: T } | { readonly error: unknown }

export type Server = 'store' | 'log'

const unavailableCode = { store: 'HL_STORE_UNAVAILABLE', log: 'HL_LOG_UNAVAILABLE' } as const

interface Pending {
  /** undefined: a call whose caller no longer waits for it. */
  readonly process: Process | undefined
  /** undefined: something that cannot fail. */
  readonly server: Server | undefined
  readonly isReady: () => boolean
  readonly turn: () => void
  /** Makes the call fail for its caller. */
  readonly fail: () => void
  /** What is still to be done of it; undefined when only the answer is on its way. */
  readonly effect: (() => unknown) | undefined
}

/** All calls that are on their way. Whatever a tracker does between two of its calls happens in one go, so the order in
 *  which calls take their turns is the whole order of the world, and it is drawn from the seed. */
export interface PendingCalls {
  callsOf(process: Process, server: Server): Call
  /** A call that does not fail, and waits until there is something to answer. */
  wait<T>(process: Process, name: string, isReady: () => boolean, effect: () => T): Promise<T>
  /** Lets one call take its turn; false when none can. */
  step(): Promise<boolean>
  /** Forgets the calls of a process that is dead; the server may have got some of them. */
  crash(process: Process): void
  /** Fails all calls to a server that are on their way: it has come up anew, and the connections are gone. */
  breakConnections(server: Server): void
  /** What took its turn, in order. */
  readonly history: readonly string[]
}

export interface PendingCallsOptions {
  readonly random: SeededRandom
  readonly faults: () => Faults
  readonly happened: (fault: FaultName) => void
}

const always = (): boolean => true
const never = (): void => undefined

export function pendingCalls({ random, faults, happened }: PendingCallsOptions): PendingCalls {
  let pending: Pending[] = []
  const history: string[] = []

  function draw(fault: FaultName): boolean {
    const drawn = random.chance(faults()[fault])
    if (drawn) happened(fault)
    return drawn
  }

  /** The server does what nobody waits for any more. That it may refuse to is no news to anyone. */
  function doUnheard(name: string, effect: () => unknown): void {
    history.push(`late ${name}`)
    try {
      effect()
    } catch (error) {
      history.push(`late ${name} refused: ${error}`)
    }
  }

  function doLater(server: Server, name: string, effect: () => unknown): void {
    const turn = (): void => doUnheard(name, effect)
    pending.push({ process: undefined, server, isReady: always, turn, fail: never, effect })
  }

  function take<T>(name: string, effect: () => T): Outcome<T> {
    try {
      return { answer: effect() }
    } catch (error) {
      history.push(`${name} refused: ${error}`)
      return { error }
    }
  }

  return {
    history,

    callsOf(process, server) {
      return <T>(name: string, effect: () => T) =>
        new Promise<T>((resolve, reject) => {
          const label = `${process.name} ${name}`
          const fail = (): void => reject(new HalflifeError(unavailableCode[server], 'simulated'))
          const base = { process, server, isReady: always, fail }
          const answer = (outcome: Outcome<T>): void => {
            if (draw('answerLost')) fail()
            else if ('error' in outcome) reject(outcome.error)
            else resolve(outcome.answer)
          }
          const turn = (): void => {
            history.push(label)
            const isNeverDone = draw('callFails')
            const isDoneLate = !isNeverDone && draw('doneLate')
            if (isDoneLate) doLater(server, label, effect)
            if (isNeverDone || isDoneLate) {
              fail()
              return
            }
            const outcome = take(label, effect)
            if (!draw('answerDelayed')) answer(outcome)
            else pending.push({ ...base, turn: () => answer(outcome), effect: undefined })
          }
          pending.push({ ...base, turn, effect })
        })
    },

    wait(process, name, isReady, effect) {
      return new Promise((resolve) => {
        const turn = (): void => {
          history.push(`${process.name} ${name}`)
          resolve(effect())
        }
        pending.push({ process, server: undefined, isReady, turn, fail: never, effect: undefined })
      })
    },

    async step() {
      const ready = pending.filter((call) => !call.process?.paused && call.isReady())
      if (ready.length === 0) return false
      const next = random.pick(ready)
      pending = pending.filter((call) => call !== next)
      next.turn()
      // Each runs when no promise has anything left to do; between two calls a tracker lets others have their turn once. So
      // after both of them every tracker is at a call again.
      for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve))
      return true
    },

    crash(process) {
      const orphans = pending.filter((call) => call.process === process)
      pending = pending.filter((call) => call.process !== process)
      for (const { effect, server } of orphans) {
        if (effect === undefined || server === undefined || random.chance(0.5)) continue
        const name = `${process.name} call`
        if (random.chance(0.5)) doUnheard(name, effect)
        else doLater(server, name, effect)
      }
    },

    breakConnections(server) {
      const broken = pending.filter((call) => call.server === server && call.process !== undefined)
      pending = pending.filter((call) => call.server !== server)
      for (const call of broken) pending.push({ ...call, turn: call.fail, effect: undefined })
    },
  }
}
