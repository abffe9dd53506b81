import { describe, expect, it } from 'vitest'
import { batchQueue } from '../../../libs/embedding/batch-queue.ts'

const limits = { texts: 2, bytes: 1_000 }
const numbered = (texts: readonly string[]) => texts.map((text) => Float32Array.of(Number(text)))

/** Runs each batch only when told to. */
function steppedRun() {
  const batches: string[][] = []
  const pending: { resolve(vectors: Float32Array[]): void; reject(error: Error): void }[] = []
  return {
    batches,
    run: (texts: string[]) =>
      new Promise<Float32Array[]>((resolve, reject) => {
        batches.push(texts)
        pending.push({ resolve, reject })
      }),
    async finish(): Promise<void> {
      pending.shift()!.resolve(numbered(batches.at(-1)!))
      await new Promise(setImmediate)
    },
    async fail(): Promise<void> {
      pending.shift()!.reject(new Error('out of memory'))
      await new Promise(setImmediate)
    },
  }
}

describe('batch queue', () => {
  it('answers in the order of the texts, whatever order their lengths put them in', async () => {
    const queue = batchQueue(async (texts) => numbered(texts), limits)
    const vectors = await queue.embed(['333', '1', '22', '4444', '5'])
    expect(vectors.map((vector) => vector[0])).toEqual([333, 1, 22, 4444, 5])
    expect(await queue.embed([])).toEqual([])
  })

  it('lets a query that comes during a long job wait for one batch only', async () => {
    const stepped = steppedRun()
    const queue = batchQueue(stepped.run, limits)
    const job = queue.embed(['1', '2', '3', '4', '5', '6'])
    const query = queue.embed(['7'])
    await stepped.finish()
    expect(stepped.batches).toEqual([['1', '2'], ['7']])
    await stepped.finish()
    expect((await query)[0]![0]).toBe(7)
    await stepped.finish()
    await stepped.finish()
    expect(await job).toHaveLength(6)
  })

  it('fails only the call whose batch failed', async () => {
    const stepped = steppedRun()
    const queue = batchQueue(stepped.run, limits)
    const outcomes = Promise.allSettled([queue.embed(['1', '2', '3']), queue.embed(['4'])])
    await stepped.fail()
    await stepped.finish()
    expect((await outcomes).map((outcome) => outcome.status)).toEqual(['rejected', 'fulfilled'])
    expect(stepped.batches).toEqual([['1', '2'], ['4']])
  })

  it('closes after the batch at hand, refusing what waits and what comes', async () => {
    const stepped = steppedRun()
    const queue = batchQueue(stepped.run, limits)
    const first = queue.embed(['1'])
    const waiting = expect(queue.embed(['2'])).rejects.toMatchObject({ code: 'HL_NOT_READY' })
    const closed = queue.close()
    await waiting
    await expect(queue.embed(['3'])).rejects.toMatchObject({ code: 'HL_NOT_READY' })
    await stepped.finish()
    await closed
    expect((await first)[0]![0]).toBe(1)
    expect(stepped.batches).toEqual([['1']])
  })

  it('closes between two batches of one call, which is refused then', async () => {
    const stepped = steppedRun()
    const queue = batchQueue(stepped.run, limits)
    const job = expect(queue.embed(['1', '2', '3'])).rejects.toMatchObject({ code: 'HL_NOT_READY' })
    const closed = queue.close()
    await stepped.finish()
    await Promise.all([job, closed])
    expect(stepped.batches).toEqual([['1', '2']])
  })

  it('refuses calls beyond a thousand waiting ones', async () => {
    const queue = batchQueue(() => new Promise(() => {}), limits)
    for (let i = 0; i <= 1_000; i++) queue.embed(['1'])
    await expect(queue.embed(['1'])).rejects.toMatchObject({ code: 'HL_NOT_READY' })
  })
})
