import { messageOf } from '../errors/halflife-error.ts'

/** Whether a process can do its work. Liveness is a different question and has no part in it. */
export interface Health {
  /** Asked at each report; rejects, or takes over a second, when the thing is not there. */
  check(name: string, ask: () => Promise<void>): void
  /** Something that works, but not as well as it should: said, yet no reason to send traffic elsewhere. */
  degrade(name: string, detail: string): void
  /** Steps that must have happened once: not ready until `done` is called. */
  await(name: string): { done: () => void }
  report(): Promise<HealthReport>
}

export interface HealthReport {
  readonly ready: boolean
  /** `ok`, or what is wrong, by name. */
  readonly checks: Readonly<Record<string, string>>
  readonly degraded: Readonly<Record<string, string>>
}

const PATIENCE_MS = 1_000

export function openHealth(): Health {
  const checks = new Map<string, () => Promise<void>>()
  const degraded = new Map<string, string>()
  return {
    check: (name, ask) => void checks.set(name, ask),
    degrade: (name, detail) => void degraded.set(name, detail),
    await(name) {
      checks.set(name, () => Promise.reject(new Error('not yet')))
      return { done: () => void checks.set(name, () => Promise.resolve()) }
    },
    async report() {
      const asked = [...checks].map(async ([name, ask]) => [name, await answerOf(ask)] as const)
      const answers = await Promise.all(asked)
      return {
        ready: answers.every(([, answer]) => answer === 'ok'),
        checks: Object.fromEntries(answers),
        degraded: Object.fromEntries(degraded),
      }
    },
  }
}

async function answerOf(ask: () => Promise<void>): Promise<string> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, `no answer within ${PATIENCE_MS} ms`)
  })
  const answer = ask().then(() => 'ok', messageOf)
  return Promise.race([answer, late]).finally(() => clearTimeout(timer))
}
