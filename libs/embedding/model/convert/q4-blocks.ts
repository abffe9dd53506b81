/* Weights in 4 bits, in blocks of 32 that share a scale: weight = scale · (nibble − 8).
 *
 * Q4_0 (ggml), 18 bytes a block: float16 scale | 16 bytes, byte j holds weight j (low nibble) and weight j + 16 (high)
 * MatMulNBits (ONNX Runtime):    float32 scales apart | byte j holds weight 2j (low nibble) and weight 2j + 1 (high)
 */
export const WEIGHTS_PER_BLOCK = 32
/** A block's nibbles without its scale. */
export const PACKED_BYTES = 16
const SCALE_BYTES = 2
const BLOCK_BYTES = SCALE_BYTES + PACKED_BYTES

/** Q4_0 blocks → the packed weights and scales that MatMulNBits takes. */
export function toMatMulNBits(blocks: Uint8Array): { packed: Uint8Array; scales: Float32Array } {
  const count = blocks.length / BLOCK_BYTES
  const packed = new Uint8Array(count * PACKED_BYTES)
  const scales = new Float32Array(count)
  for (let block = 0; block < count; block++) {
    const start = block * BLOCK_BYTES
    scales[block] = float16(blocks[start]! | (blocks[start + 1]! << 8))
    reorderNibbles(blocks, start + SCALE_BYTES, packed, block * PACKED_BYTES)
  }
  return { packed, scales }
}

function reorderNibbles(from: Uint8Array, start: number, to: Uint8Array, at: number): void {
  const half = PACKED_BYTES / 2
  for (let j = 0; j < half; j++) {
    const [even, odd] = [from[start + 2 * j]!, from[start + 2 * j + 1]!]
    to[at + j] = (even & 15) | ((odd & 15) << 4)
    to[at + half + j] = (even >> 4) | (odd & 0xf0)
  }
}

/** Picks rows of a Q4_0 matrix whose rows are `blocksPerRow` blocks long; nibbles keep their Q4_0 order, scales stay
 *  float16. */
export function pickRows(
  blocks: Uint8Array,
  rows: readonly number[],
  blocksPerRow: number,
): { packed: Uint8Array; scales: Uint8Array } {
  const packed = new Uint8Array(rows.length * blocksPerRow * PACKED_BYTES)
  const scales = new Uint8Array(rows.length * blocksPerRow * SCALE_BYTES)
  let written = 0
  for (const row of rows) {
    for (let block = row * blocksPerRow; block < (row + 1) * blocksPerRow; block++, written++) {
      const start = block * BLOCK_BYTES
      scales.set(blocks.subarray(start, start + SCALE_BYTES), written * SCALE_BYTES)
      packed.set(blocks.subarray(start + SCALE_BYTES, start + BLOCK_BYTES), written * PACKED_BYTES)
    }
  }
  return { packed, scales }
}

/** The value of a finite IEEE 754 half: 1 sign bit, 5 of exponent, 10 of fraction. */
export function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}
