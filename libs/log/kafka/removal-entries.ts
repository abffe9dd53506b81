const DAY_MS = 86_400_000

/** How compacted topics tell of removals. Kafka's own defaults keep one for a day, so that a tracker which was away for longer, or
 *  whose store came back older, would never hear of it; and let a topic to which little comes keep for good what was removed
 *  from it. */
export const removalEntries = [
  { name: 'delete.retention.ms', value: String(30 * DAY_MS) },
  { name: 'max.compaction.lag.ms', value: String(7 * DAY_MS) },
]
