/** A record of the log that carries `value` as JSON; decode-record.ts reads it back. */
export function encodeRecord(key: string, value: unknown): { key: string; value: Buffer } {
  return { key, value: Buffer.from(JSON.stringify(value)) }
}
