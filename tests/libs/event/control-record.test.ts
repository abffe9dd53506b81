import { describe, expect, it } from 'vitest'
import {
  aliasRecords,
  controlRecordOf,
  decodeControlRecord,
  forgetRecord,
  forgetWithRecord,
} from '../../../libs/event/control-record.ts'

interface Written {
  readonly key: string | null
  readonly value: Buffer
  readonly headers: Readonly<Record<string, string>>
}

function asRead({ key, value, headers }: Written) {
  const bytes = Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])
  return {
    key: key === null ? null : Buffer.from(key),
    value,
    headers: Object.fromEntries(bytes),
    timestampMs: 0,
  }
}

describe('a control record', () => {
  it('tells each id, in its own partition, of the other', () => {
    const [aliasOf, hasAlias] = aliasRecords({ userId: 'ann', anonymousId: '曲奇' }, 'receipt', 7)
    expect(controlRecordOf(asRead(aliasOf))).toEqual({ kind: 'alias-of', userId: '曲奇', otherId: 'ann' })
    expect(controlRecordOf(asRead(hasAlias))).toEqual({ kind: 'has-alias', userId: 'ann', otherId: '曲奇' })
    expect([aliasOf.timestampMs, hasAlias.timestampMs]).toEqual([7, 7])
  })

  it('forgets an alias as of the time at which its account was forgotten, and says whose it was since when', () => {
    const record = forgetWithRecord('cookie', { userId: 'ann', atMs: 3 }, 'receipt', 7)
    expect(controlRecordOf(asRead(record))).toEqual({
      kind: 'forget-with',
      userId: 'cookie',
      receiptId: 'receipt',
      account: { userId: 'ann', atMs: 3 },
    })
    expect(record.timestampMs).toBe(7)
  })

  it('forgets whatever its value says', () => {
    const record = { ...forgetRecord('ann', 'receipt', 7), value: Buffer.from('no JSON') }
    expect(controlRecordOf(asRead(record))).toMatchObject({ kind: 'forget', userId: 'ann' })
  })

  it('is none without a key, of an unknown kind, or when it links to nobody', () => {
    const [aliasOf] = aliasRecords({ userId: 'ann', anonymousId: 'cookie' }, 'receipt', 7)
    expect(controlRecordOf(asRead({ ...aliasOf, key: null }))).toBeUndefined()
    expect(controlRecordOf(asRead({ ...aliasOf, value: Buffer.from('{"userId":""}') }))).toBeUndefined()
    expect(controlRecordOf(asRead({ ...aliasOf, headers: { 'halflife-control': 'later' } }))).toBeUndefined()
  })

  it.each([
    ['HL_ID_MISSING', null],
    ['HL_ID_MISSING', Buffer.of()],
    ['HL_ID_TOO_LONG', Buffer.alloc(257, 'x')],
    ['HL_ID_ENCODING', Buffer.of(0xff)],
  ])('is refused as %s when its key is no identifier', (code, key) => {
    const record = { ...asRead(forgetRecord('ann', 'receipt', 7)), key }
    expect(() => decodeControlRecord(record)).toThrow(expect.objectContaining({ code }))
    expect(controlRecordOf(record)).toBeUndefined()
  })
})
