/* LZ4 as Kafka's producers write it: the frame format, of which a record batch is one frame. The frame's checksums are not
 * looked at: older clients wrote them wrong, and Kafka's own CRC is over the whole batch.
 * https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md and lz4_Block_format.md */

const MAGIC = 0x184d2204
const SMALLEST_HEADER = 7
const HAS_BLOCK_CHECKSUMS = 0x10
const HAS_CONTENT_SIZE = 0x08
const HAS_DICTIONARY = 0x01
/** Of a block's size: it lies there as it is. */
const IS_PLAIN = 0x80000000
/** A length that has this in its four bits goes on in the next bytes. */
const GOES_ON = 15
const SHORTEST_MATCH = 4

/** @throws Error when it is no frame, or a broken one */
export function lz4Decompress(frame: Buffer): Buffer {
  if (frame.length < SMALLEST_HEADER || frame.readUInt32LE(0) !== MAGIC)
    throw broken('it does not begin as a frame')
  const flags = frame[4]!
  if ((flags & HAS_DICTIONARY) !== 0) throw broken('it wants a dictionary')
  const mostInBlock = 2 ** (8 + 2 * ((frame[5]! >> 4) & 7))
  const between = (flags & HAS_BLOCK_CHECKSUMS) === 0 ? 0 : 4
  let output: Buffer = Buffer.allocUnsafe(4 * frame.length)
  let length = 0
  let at = SMALLEST_HEADER + ((flags & HAS_CONTENT_SIZE) === 0 ? 0 : 8)
  for (;;) {
    const size = frame.readUInt32LE(at)
    if (size === 0) return Buffer.from(output.subarray(0, length))
    const begin = at + 4
    const end = begin + (size & ~IS_PLAIN)
    if (end > frame.length) throw broken('it ends within a block')
    if (output.length < length + mostInBlock) output = withRoom(output, length, mostInBlock)
    const room = output.subarray(0, length + mostInBlock)
    const block = frame.subarray(begin, end)
    length = size >= IS_PLAIN ? length + block.copy(room, length) : decodeBlock(block, room, length)
    at = end + between
  }
}

function withRoom(output: Buffer, length: number, more: number): Buffer {
  const larger = Buffer.allocUnsafe(Math.max(2 * output.length, length + more))
  output.copy(larger, 0, 0, length)
  return larger
}

/** Blocks may refer to those before them: they are decoded into one row of bytes. @returns where the output ends now */
function decodeBlock(block: Buffer, output: Buffer, start: number): number {
  let at = 0
  let end = start
  while (at < block.length) {
    const token = block[at++]!
    const literals = lengthOf(token >> 4)
    if (at + literals > block.length || end + literals > output.length) throw broken('a block is too long')
    block.copy(output, end, at, at + literals)
    at += literals
    end += literals
    // The last sequence has no match.
    if (at === block.length) return end
    const offset = block.readUInt16LE(at)
    at += 2
    const matched = lengthOf(token & 0x0f) + SHORTEST_MATCH
    if (offset === 0 || offset > end) throw broken('a block refers to what is not there')
    if (end + matched > output.length) throw broken('a block is too long')
    const from = end - offset
    if (offset >= matched) output.copyWithin(end, from, from + matched)
    else for (let n = 0; n < matched; n++) output[end + n] = output[from + n]!
    end += matched
  }
  throw broken('a block ends within a sequence')

  function lengthOf(bits: number): number {
    if (bits < GOES_ON) return bits
    for (let sum = bits; ; ) {
      const byte = block.readUInt8(at++)
      sum += byte
      if (byte < 255) return sum
    }
  }
}

function broken(why: string): Error {
  return new Error(`LZ4 cannot be read: ${why}`)
}
