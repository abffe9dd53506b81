import { describe, expect, it } from 'vitest'
import { committedMessages, type FetchedMessage } from '../../../../libs/log/kafka/committed-messages.ts'

/** Letters are the data of producers A and B inside transactions, '.' is data outside of any; '|' ends the
 *  transaction of the producer named before it. */
function fetched(text: string): FetchedMessage[] {
  return [...text.matchAll(/([AB.])(\|?)/g)].map(([, producer = '.', ending], offset) => ({
    key: null,
    value: null,
    timestamp: '0',
    attributes: 0,
    offset: String(offset),
    headers: {},
    isControlRecord: ending === '|',
    batchContext: { producerId: producer, inTransaction: producer !== '.' },
  }))
}

const offsets = (messages: FetchedMessage[]) => messages.map(({ offset }) => Number(offset))

describe('committed messages', () => {
  it('are all but the control records when nothing was aborted', () => {
    expect(offsets(committedMessages(fetched('.AAA|.'), []))).toEqual([0, 1, 2, 4])
  })

  it('leave out what an aborting producer wrote until its transaction ends', () => {
    const aborted = [{ producerId: 'A', firstOffset: '1' }]
    expect(offsets(committedMessages(fetched('.ABA.A|AA|B|'), aborted))).toEqual([0, 2, 4, 6])
  })

  it('tell two aborted transactions of one producer from the committed one between them', () => {
    const aborted = [
      { producerId: 'A', firstOffset: '0' },
      { producerId: 'A', firstOffset: '4' },
    ]
    expect(offsets(committedMessages(fetched('AA|AA|AA|.'), aborted))).toEqual([2, 6])
  })

  it('leave out the rest of a transaction that was aborted and began before the fetch', () => {
    const aborted = [{ producerId: 'B', firstOffset: '-5' }]
    expect(offsets(committedMessages(fetched('BAB|BA|B|'), aborted))).toEqual([1, 3])
  })

  it('are all messages of the formats that know no transactions', () => {
    const old = fetched('..').map(({ batchContext: _, ...message }) => message as FetchedMessage)
    expect(offsets(committedMessages(old, []))).toEqual([0, 1])
  })
})
