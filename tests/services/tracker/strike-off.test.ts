import { expect, it } from 'vitest'
import { controlRecordOf } from '../../../libs/event/control-record.ts'
import { interestShape } from '../../../libs/interest/interest-shape.ts'
import { emptyUser, type UserState } from '../../../libs/interest/user-state.ts'
import { type NewRecord, topicNames } from '../../../libs/log/event-log.ts'
import type { EventTracking } from '../../../services/tracker/event-tracking.ts'
import { type AppliedUser, forgetAliases } from '../../../services/tracker/strike-off.ts'

const T0 = Date.UTC(2026, 0, 1)
const topics = topicNames('halflife')
const shape = interestShape([], [])

/** Lets an account be forgotten at T0 that named these ids before. @returns what was put into the log, by topic */
async function afterForgetting(accountId: string, named: Readonly<Record<string, Partial<UserState>>>) {
  const forgottenAliases = Object.keys(named).map((userId) => ({
    alias: { userId, atMs: T0 - 10 },
    receiptId: 'r',
    requestedAtMs: T0,
  }))
  const appended: (NewRecord & { topic: string })[] = []
  const context = {
    topics,
    store: {
      readUsers: async (ids: readonly string[]) => {
        return ids.map((id) => ({ state: { ...emptyUser(shape), ...named[id] } }))
      },
    },
    log: {
      append: async (topic: string, records: readonly NewRecord[]) => {
        appended.push(...records.map((record) => ({ ...record, topic })))
      },
    },
  } as unknown as EventTracking
  const account = { result: { forgottenAliases }, write: { userId: accountId } } as unknown as AppliedUser
  await forgetAliases([account], context, new Set())
  return appended
}

it('erases what was stated of the ids that are the account’s or nobody’s, not of those of another', async () => {
  const appended = await afterForgetting('ann', {
    own: { aliasOf: { userId: 'ann', atMs: T0 - 10 } },
    unheard: {},
    others: { aliasOf: { userId: 'zoe', atMs: T0 - 20 } },
    freed: { forgottenAtMs: T0 - 5 },
  })
  const stated = appended.filter(({ topic }) => topic === topics.users)
  expect(stated.map(({ key, value }) => [key, value])).toEqual([
    ['own', null],
    ['unheard', null],
  ])
})

it('asks in the partition of each id, and only after what was stated: a crash in between is made good', async () => {
  const appended = await afterForgetting('ann', { own: {}, others: { aliasOf: { userId: 'zoe', atMs: 1 } } })
  expect(appended.map(({ topic, key }) => [topic, key])).toEqual([
    [topics.users, 'own'],
    [topics.events, 'own'],
    [topics.events, 'others'],
  ])
  const asked = appended.filter(({ topic }) => topic === topics.events)
  for (const { key, value, headers } of asked) {
    const asBytes = Object.entries(headers ?? {}).map(([name, text]) => [name, Buffer.from(text)])
    const record = { key: Buffer.from(key), value, headers: Object.fromEntries(asBytes), timestampMs: T0 }
    expect(controlRecordOf(record)).toMatchObject({ kind: 'forget-with', account: { userId: 'ann' } })
  }
})
