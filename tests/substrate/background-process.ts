import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { atExit } from './at-exit.ts'
import { runCommand } from './run-command.ts'

const REMEMBERED_LINES = 25
const ORDERLY_END_MS = 15_000

export interface ProcessSpec {
  readonly command: string
  readonly args: readonly string[]
  /** The process is ready once it has printed a line that matches. */
  readonly readyLine: RegExp
  readonly readyWithinMs: number
}

export interface BackgroundProcess {
  readonly pid: number
  /** SIGTERM gives the process 15 s to end by itself before it is killed. Resolves when it is gone. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

/** Starts a server as a child and resolves when it says that it is ready.
 *  @throws when it ends before, or says nothing in time, with the last lines it printed */
export async function startProcess(spec: ProcessSpec): Promise<BackgroundProcess> {
  const [command, ...args] = [...(await endingWithParent()), spec.command, ...spec.args]
  // A group of its own: Ctrl-C in the terminal reaches us alone, so tests do not lose their servers while they end.
  const child = spawn(command!, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  child.once(
    'close',
    atExit(() => child.kill('SIGKILL')),
  )
  try {
    await ready(child, spec)
  } catch (error) {
    await end(child, 'SIGKILL')
    throw error
  }
  return { pid: child.pid!, end: (signal) => end(child, signal) }
}

function ready(child: ChildProcess, spec: ProcessSpec): Promise<void> {
  const lastLines: string[] = []
  return new Promise((resolve, reject) => {
    const fail = (what: string) =>
      reject(new Error([`${spec.command} ${what}. It printed last:`, ...lastLines].join('\n  ')))
    const timer = setTimeout(
      () => fail(`was not ready within ${spec.readyWithinMs / 1000} s`),
      spec.readyWithinMs,
    )
    // The streams are read to their end, long after the process is ready: a full pipe would stop it.
    for (const stream of [child.stdout!, child.stderr!]) {
      createInterface({ input: stream }).on('line', (line) => {
        lastLines.push(line)
        if (lastLines.length > REMEMBERED_LINES) lastLines.shift()
        if (spec.readyLine.test(line)) {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    child.once('error', (error) => {
      clearTimeout(timer)
      fail(`could not be started (${error.message})`)
    })
    child.once('close', (code, signal) => {
      clearTimeout(timer)
      fail(`ended with ${signal ?? `code ${code}`}`)
    })
  })
}

async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill(signal)
  const timer = setTimeout(() => child.kill('SIGKILL'), ORDERLY_END_MS)
  await ended
  clearTimeout(timer)
}

let deathSignal: Promise<string[]> | undefined

/** Should this process be killed outright, Linux kills the child for us where util-linux is installed. The child keeps
 *  its pid: setpriv becomes the command. */
function endingWithParent(): Promise<string[]> {
  const prefix = ['setpriv', '--pdeathsig', 'KILL']
  deathSignal ??= runCommand(prefix[0]!, [...prefix.slice(1), 'true'], 5_000).then(
    () => prefix,
    () => [],
  )
  return deathSignal
}
