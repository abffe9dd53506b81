import type { KafkaMessage } from 'kafkajs'

/** What kafkajs's types leave out of a fetched message. */
export type FetchedMessage = KafkaMessage & {
  /** The end of a transaction; carries no data. */
  readonly isControlRecord?: boolean
  /** Of the record batch; absent in the formats from before Kafka 0.11, which know no transactions. */
  readonly batchContext?: { readonly producerId: string; readonly inTransaction: boolean }
}

export interface AbortedTransaction {
  readonly producerId: string
  readonly firstOffset: string
}

/** Leaves out control records and the records of aborted transactions. A broker that is asked for committed records
 *  only sends the aborted ones too, with a list of where such transactions begin, by offset; each ends at its
 *  producer's next control record. */
export function committedMessages(
  messages: readonly FetchedMessage[],
  abortedTransactions: readonly AbortedTransaction[],
): FetchedMessage[] {
  const toCome = [...abortedTransactions]
  const aborting = new Set<string>()
  return messages.filter((message) => {
    while (toCome[0] && Number(message.offset) >= Number(toCome[0].firstOffset)) {
      aborting.add(toCome.shift()!.producerId)
    }
    const batch = message.batchContext
    if (message.isControlRecord) {
      if (batch) aborting.delete(batch.producerId)
      return false
    }
    return !(batch?.inTransaction && aborting.has(batch.producerId))
  })
}
