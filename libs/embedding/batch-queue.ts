import { HalflifeError } from '../errors/halflife-error.ts'
import { type BatchLimits, batchesOf } from './batches.ts'

export interface BatchQueue {
  /** Vectors in the order of the texts. @throws HL_NOT_READY when closed or too many calls wait; what a batch throws */
  embed(texts: readonly string[]): Promise<Float32Array[]>
  /** Refuses what waits and resolves when the batch at hand is done. */
  close(): Promise<void>
}

/** One call, cut into batches of places in `texts`. */
interface Job {
  readonly texts: readonly string[]
  readonly batches: number[][]
  readonly vectors: Float32Array[]
  resolve(vectors: Float32Array[]): void
  reject(error: unknown): void
}

/** More than this many calls at once are refused rather than kept: they would wait for seconds. */
const LONGEST_QUEUE = 1_000

/** Calls take turns batch by batch, so that a single query beside a job of ten thousand texts waits for one batch.
 *  `run` gets one batch at a time. */
export function batchQueue(
  run: (texts: string[]) => Promise<Float32Array[]>,
  limits: BatchLimits,
): BatchQueue {
  const waiting: Job[] = []
  let working: Promise<void> | undefined
  let closed = false

  async function work(): Promise<void> {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      const done = await takeTurn(job, run)
      // Only now: whoever came while the batch ran is served first.
      if (!done) waiting.push(job)
      if (closed) refuseWaiting()
    }
    working = undefined
  }

  function refuseWaiting(): void {
    for (const job of waiting.splice(0)) {
      job.reject(new HalflifeError('HL_NOT_READY', 'the embedder was closed before it came to all texts'))
    }
  }

  return {
    embed(texts) {
      if (texts.length === 0) return Promise.resolve([])
      if (closed) return Promise.reject(new HalflifeError('HL_NOT_READY', 'the embedder is closed'))
      if (waiting.length >= LONGEST_QUEUE) {
        const detail = `${LONGEST_QUEUE} calls wait for the embedder; send fewer at once`
        return Promise.reject(new HalflifeError('HL_NOT_READY', detail))
      }
      return new Promise((resolve, reject) => {
        waiting.push({ texts, batches: batchesOf(texts, limits), vectors: [], resolve, reject })
        working ??= work()
      })
    },
    async close() {
      closed = true
      refuseWaiting()
      await working
    },
  }
}

/** Embeds the job's next batch; true when the job is over. */
async function takeTurn(job: Job, run: (texts: string[]) => Promise<Float32Array[]>): Promise<boolean> {
  const places = job.batches.shift()!
  try {
    const vectors = await run(places.map((place) => job.texts[place]!))
    places.forEach((place, i) => {
      job.vectors[place] = vectors[i]!
    })
  } catch (error) {
    job.reject(error)
    return true
  }
  if (job.batches.length > 0) return false
  job.resolve(job.vectors)
  return true
}
