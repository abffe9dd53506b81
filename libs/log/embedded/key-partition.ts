/** The partition of a key: FNV-1a (32 bits, Fowler–Noll–Vo) over its UTF-8 bytes, modulo the number of partitions. Stored
 *  logs depend on it: it must never change. It is not Kafka's placement (murmur2), and need not be. */
export function keyPartition(key: string, partitions: number): number {
  let hash = 0x811c9dc5
  for (const byte of Buffer.from(key)) hash = Math.imul(hash ^ byte, 0x01000193)
  return (hash >>> 0) % partitions
}
