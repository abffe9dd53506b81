import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Bench } from './benchmark.ts'

export type Environment = Readonly<Record<string, string>>

/** A service, or a reference, in a process of its own. */
export interface ServiceProcess {
  readonly url: string
  readonly pid: number
  /** From the start of the process to its first readiness, ms. */
  readonly readyAfterMs: number
  /** What its metrics say now; of a reference, its CPU if it tells. */
  usage(): Promise<Usage>
  /** Asks it to end in good order, and waits. */
  stop(): Promise<void>
}

export interface Usage {
  /** User and system, of all threads, by getrusage. */
  readonly cpuMicros: number
  readonly rssBytes: number
  /** 99th percentile since it was asked last. */
  readonly loopDelayMs: number
  /** Sum over the labels of a metric. */
  metric(name: string): number
}

const projectFolder = join(import.meta.dirname, '..')
/** As package.json, the image and the command's first line start it: a young generation that what is in hand fits into, and
 *  nothing taken for old because it once was in hand during a full collection. See docs/performance.md. */
export const nodeFlags = ['--max-semi-space-size=64', '--no-allocation-site-pretenuring']
const builtMain = 'dist/services/cli/main.js'

/** A service as it is built, on any free port. */
export function startService(
  command: readonly string[],
  environment: Environment,
  bench: Bench,
): Promise<ServiceProcess> {
  const profiling = bench.profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${bench.profiles}`]
  return startNode([...nodeFlags, ...profiling, builtMain, ...command], environment, bench)
}

/** A file of bench/references, which says `Service started.` as services do. */
export function startReference(
  file: string,
  args: readonly string[],
  environment: Environment,
  bench: Bench,
): Promise<ServiceProcess> {
  const loader = file.endsWith('.ts') ? ['--import', 'tsx'] : []
  return startNode([...loader, `bench/references/${file}`, ...args], environment, bench)
}

async function startNode(args: readonly string[], environment: Environment, bench: Bench) {
  const { PATH = '', HOME = '' } = process.env
  const beganMs = performance.now()
  const child = spawn(process.execPath, args, {
    cwd: projectFolder,
    env: { PATH, HOME, PORT: '0', EMBEDDER: 'lexical', ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = once(child, 'close')
  async function stop(): Promise<void> {
    if (child.exitCode === null && child.signalCode === null) child.kill()
    await ended
  }
  bench.whenOver(stop)
  const said: string[] = []
  for await (const line of createInterface({ input: child.stderr })) {
    const port = startedOn(line)
    if (port !== undefined) {
      child.stderr.resume()
      const url = `http://127.0.0.1:${port}`
      const readyAfterMs = performance.now() - beganMs
      return { url, pid: child.pid!, readyAfterMs, usage: () => usageOf(url), stop }
    }
    said.push(line)
  }
  throw new Error(`${args.join(' ')} ended before it answered:\n${said.slice(-10).join('\n')}`)
}

function startedOn(line: string): number | undefined {
  if (!line.includes('Service started.')) return undefined
  return (JSON.parse(line) as { port: number }).port
}

async function usageOf(url: string): Promise<Usage> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const metric = (name: string) => {
    const samples = text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)`, 'gm'))
    return [...samples].reduce((sum, [, value]) => sum + Number(value), 0)
  }
  return {
    cpuMicros: 1e6 * (metric('process_cpu_user_seconds_total') + metric('process_cpu_system_seconds_total')),
    rssBytes: metric('process_resident_memory_bytes'),
    loopDelayMs: 1e3 * metric('nodejs_eventloop_lag_p99_seconds'),
    metric,
  }
}

const IDLE_SHARE = 0.05
const LOOK_EVERY_MS = 1_000

/** Resolves when the service does next to nothing any more: its graph has caught up, say. */
export async function untilIdle(
  service: ServiceProcess,
  onWaiting: (seconds: number) => void,
): Promise<void> {
  let before = (await service.usage()).cpuMicros
  for (let seconds = 1; ; seconds++) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
    const { cpuMicros } = await service.usage()
    if (cpuMicros - before < IDLE_SHARE * LOOK_EVERY_MS * 1_000) return
    before = cpuMicros
    onWaiting(seconds)
  }
}
