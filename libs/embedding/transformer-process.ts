/* Process: answers one batch of texts at a time; see batch-process.ts for the messages. */
import { messageOf } from '../errors/halflife-error.ts'
import type { BatchReply } from './batch-process.ts'
import { loadTransformer, type TransformerOptions } from './transformer.ts'

// Ctrl-C reaches every process of a terminal. The parent may still need vectors while it shuts down, and ends this one.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
process.on('disconnect', () => process.exit())

const options: TransformerOptions = JSON.parse(process.argv[2]!)
const transformer = await loadTransformer(options).catch((error: unknown) => {
  process.stderr.write(messageOf(error))
  process.exit(1)
})

process.on('message', async (texts: readonly string[]) => {
  try {
    answer({ vectors: await transformer.run(texts) })
  } catch (error) {
    answer({ failure: messageOf(error) })
  }
})
answer({ vectors: [] })

function answer(reply: BatchReply): void {
  // Without a parent there is nobody to tell: 'disconnect' follows.
  process.send?.(reply, () => {})
}
