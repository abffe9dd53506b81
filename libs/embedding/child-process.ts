/* Why processes and not threads: onnxruntime-node 1.17 corrupts the heap when several threads of a process load it, even
 * one after the other ("free(): invalid pointer" within a dozen loads), and loaded by one thread only it cannot be
 * loaded again ("Module did not self-register"). So a thread that died could not be replaced. A process can, and takes
 * no other with it.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { extname } from 'node:path'

export interface Child {
  readonly process: ChildProcess
  /** The last of what it wrote to standard error: a native abort says its reason there and nowhere else. */
  lastWords(): string
}

const KEPT_WORDS = 2_000

/** Runs a module of ours in a process of its own. `module` is its URL without the extension, which is that of this
 *  file: `.js` once compiled, `.ts` in tests and under tsx. */
export function startChild(module: URL, args: readonly string[]): Child {
  const extension = extname(import.meta.url)
  const child = fork(new URL(module.href + extension), args, {
    execArgv: extension === '.ts' ? ['--import', import.meta.resolve('tsx')] : [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let words = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-KEPT_WORDS)
  })
  return { process: child, lastWords: () => words.trim() }
}
