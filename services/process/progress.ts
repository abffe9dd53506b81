import { Presets, SingleBar } from 'cli-progress'

/** Long work, step by step, for a person to watch. */
export interface Progress {
  /** `done` of `total`; a new step begins when the name changes. */
  report(step: { readonly step: string; readonly done: number; readonly total: number }): void
  finish(): void
}

/** A bar on a terminal; elsewhere a plain line as each step begins and at each quarter of it. */
export function openProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  return stream.isTTY ? bar(stream) : lines(stream)
}

/** Whatever the work ends in, an error too, begins on a line of its own. */
export async function withProgress<T>(
  work: (progress: Progress) => Promise<T>,
  stream?: NodeJS.WriteStream,
): Promise<T> {
  const progress = openProgress(stream)
  try {
    return await work(progress)
  } finally {
    progress.finish()
  }
}

function bar(stream: NodeJS.WriteStream): Progress {
  let current: { step: string; bar: SingleBar } | undefined
  const finish = () => {
    current?.bar.stop()
    current = undefined
  }
  return {
    report({ step, done, total }) {
      if (current?.step !== step) {
        finish()
        const format = `${step.padEnd(28)} {bar} {percentage} % | {value}/{total} | {eta_formatted} left`
        // A hidden cursor, or lines that do not wrap, would outlive a process that is killed.
        current = { step, bar: new SingleBar({ format, stream, linewrap: true }, Presets.shades_classic) }
        current.bar.start(total, done)
      }
      current.bar.setTotal(total)
      current.bar.update(done)
    },
    finish,
  }
}

const PARTS = 4

function lines(stream: NodeJS.WriteStream): Progress {
  let said = ''
  return {
    report({ step, done, total }) {
      const part = total > 0 ? Math.floor((done / total) * PARTS) : 0
      const now = `${step} ${part}`
      if (now === said) return
      said = now
      // How far a step is cannot always be known.
      stream.write(total > 0 ? `${step}: ${done}/${total}\n` : `${step}\n`)
    },
    finish() {},
  }
}
