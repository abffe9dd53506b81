import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { WhenOver } from './running-halflife.ts'

const main = join(import.meta.dirname, '../../dist/services/cli/main.js')

/** The built command line in a process of its own. */
export interface HalflifeCommand {
  /** What it has printed so far. */
  readonly output: () => { stdout: string; stderr: string }
  /** Resolves with the match once it has printed it; rejects when it ends without. */
  printed(pattern: RegExp): Promise<RegExpExecArray>
  signal(name: NodeJS.Signals): void
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>
}

export function halflifeCommand(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  whenOver: WhenOver,
): HalflifeCommand {
  // Nothing of the developer's own settings: a test must not write to their servers.
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, [main, ...args], { env: { PATH, HOME, ...environment } })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => (stdout += chunk))
  child.stderr.on('data', (chunk) => (stderr += chunk))
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals)
  whenOver(async () => {
    child.kill('SIGKILL')
    await ended
  })

  async function printed(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(stdout) ?? pattern.exec(stderr)
      if (match !== null) return match
      const more = Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data')])
      const over = await Promise.race([more.then(() => false), ended.then(() => true)])
      if (over && !pattern.test(stdout + stderr)) {
        throw new Error(`ended without printing ${pattern}:\n${stdout}${stderr}`)
      }
    }
  }

  return { output: () => ({ stdout, stderr }), printed, signal: (name) => void child.kill(name), ended }
}
