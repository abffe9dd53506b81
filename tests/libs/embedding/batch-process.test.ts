import { afterEach, describe, expect, it } from 'vitest'
import { type BatchProcess, batchProcess } from '../../../libs/embedding/batch-process.ts'

const open: BatchProcess[] = []

function opened(module = './misbehaving-process'): BatchProcess {
  const process = batchProcess(new URL(module, import.meta.url), [])
  open.push(process)
  return process
}

/** Whether a process of that id exists. */
function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

afterEach(() => Promise.all(open.splice(0).map((process) => process.close())))

describe('batch process', () => {
  it('answers batch after batch from one process, each vector with memory of its own', async () => {
    const batches = opened()
    const [a, bb] = await batches.run(['a', 'bb'])
    const [ccc] = await batches.run(['ccc'])
    expect([a![0], bb![0], ccc![0]]).toEqual([1, 2, 3])
    expect(ccc![1]).toBe(a![1])
    expect(bb!.buffer.byteLength).toBe(8)
  })

  it('says what ended the process, with its last words, and starts another for the next batch', async () => {
    const batches = opened()
    const [before] = await batches.run(['a'])
    await expect(batches.run(['die'])).rejects.toMatchObject({
      code: 'HL_INTERNAL',
      message: expect.stringMatching(/SIGABRT: free\(\): invalid pointer/),
    })
    const [after] = await batches.run(['a'])
    expect(after![1]).not.toBe(before![1])
    await expect(batches.run(['exit'])).rejects.toThrow('exit code 3')
  })

  it('passes on the failure of a batch and keeps the process', async () => {
    const batches = opened()
    const [before] = await batches.run(['a'])
    await expect(batches.run(['fail'])).rejects.toThrow('no memory for this batch')
    expect((await batches.run(['a']))[0]![1]).toBe(before![1])
  })

  it('fails when the process cannot start', async () => {
    await expect(opened('./no-such-process').run(['a'])).rejects.toMatchObject({
      code: 'HL_INTERNAL',
      message: expect.stringContaining('no-such-process'),
    })
  })

  it('leaves no process behind when closed, and closes when none was started', async () => {
    const batches = opened()
    await opened().close()
    const pid = (await batches.run(['a']))[0]![1]!
    expect(alive(pid)).toBe(true)
    await batches.close()
    expect(alive(pid)).toBe(false)
  })
})
