import { setImmediate as nextTurn } from 'node:timers/promises'
import { decompress as zstdDecompress } from 'fzstd'
import kafkajs, { CompressionTypes } from 'kafkajs'
import snappyCodec from 'kafkajs-snappy'
import { lz4Decompress } from './lz4-frame.ts'

// The registry belongs to kafkajs and is shared by all its clients; without a codec, nothing that a producer or broker compressed
// with it can be read. It is reached through the default export because Node does not find it among the names of a
// CommonJS module. Halflife itself writes snappy; gzip is Node's, and kafkajs's own.
register(CompressionTypes.Snappy, (bytes) => snappyCodec().decompress(bytes), snappyCodec().compress)
register(CompressionTypes.LZ4, lz4Decompress)
register(CompressionTypes.ZSTD, (bytes) => {
  const plain = zstdDecompress(bytes)
  return Buffer.from(plain.buffer, plain.byteOffset, plain.byteLength)
})

type Decompress = (bytes: Buffer) => Buffer | Promise<Buffer>
type Compress = (encoder: { buffer: Buffer }) => Promise<Buffer>

function register(
  type: keyof typeof kafkajs.CompressionCodecs,
  decompress: Decompress,
  compress: Compress = onlyRead,
): void {
  kafkajs.CompressionCodecs[type] = () => ({
    compress,
    // kafkajs decodes a fetch of all partitions in one go. Uncompressing is where it can be made to wait: so between any two
    // batches of records everything else has its turn.
    async decompress(bytes: Buffer) {
      await nextTurn()
      return decompress(bytes)
    },
  })
}

async function onlyRead(): Promise<never> {
  throw new Error('Halflife reads this compression and writes snappy')
}
