import { HalflifeError, messageOf } from '../errors/halflife-error.ts'
import { type Child, startChild } from './child-process.ts'

/** A process that is sent texts and answers with their vectors, one batch at a time.
 *
 *  To the process: `string[]`, a batch.
 *  From the process: a BatchReply to each batch, and one without vectors when it is ready for the first. */
export interface BatchProcess {
  /** The caller waits for each answer before the next call.
   *  @throws HL_INTERNAL when the process fails or ends; the next call starts a new one */
  run(texts: readonly string[]): Promise<Float32Array[]>
  /** To be called when no batch is under way. */
  close(): Promise<void>
}

export type BatchReply = { readonly vectors: Float32Array[] } | { readonly failure: string }

/** `module`: URL of the process's module without its extension. The process is started by the first batch. */
export function batchProcess(module: URL, args: readonly string[]): BatchProcess {
  let started: Promise<Child> | undefined
  let answer: { resolve(vectors: Float32Array[]): void; reject(error: unknown): void } | undefined

  const answered = () =>
    new Promise<Float32Array[]>((resolve, reject) => {
      answer = { resolve, reject }
    })

  function ended(why: string, cause?: unknown): void {
    started = undefined
    answer?.reject(new HalflifeError('HL_INTERNAL', `the embedding process ended: ${why}`, { cause }))
  }

  async function start(): Promise<Child> {
    const child = startChild(module, args)
    child.process.on('message', (reply: BatchReply) => {
      // Copies, because what the channel yields are views of the whole message.
      if ('vectors' in reply) answer?.resolve(reply.vectors.map((vector) => vector.slice()))
      else answer?.reject(new HalflifeError('HL_INTERNAL', `the embedding process failed: ${reply.failure}`))
    })
    child.process.on('error', (error) => ended(messageOf(error), error))
    child.process.on('close', (code, signal) => {
      ended([signal ?? `exit code ${code}`, child.lastWords()].filter((part) => part !== '').join(': '))
    })
    await answered()
    return child
  }

  return {
    async run(texts) {
      started ??= start()
      const { process } = await started
      // A process that has just ended takes no message; then its 'close' is what answers.
      process.send(texts, () => {})
      return answered()
    },
    async close() {
      const child = await started?.catch(() => undefined)
      if (child === undefined || child.process.exitCode !== null) return
      const closed = new Promise((resolve) => child.process.once('close', resolve))
      // It holds nothing that would have to be saved.
      child.process.kill('SIGKILL')
      await closed
    },
  }
}
