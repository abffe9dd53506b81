import { describe, expect, it } from 'vitest'
import { byteLines } from '../../../libs/event/byte-lines.ts'

async function* inPieces(text: string, size: number) {
  const bytes = Buffer.from(text)
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
}

async function linesOf(text: string, size: number, longest?: number): Promise<string[]> {
  const lines: string[] = []
  for await (const line of byteLines(inPieces(text, size), longest)) lines.push(line.toString())
  return lines
}

describe('lines of bytes', () => {
  it.each([1, 2, 3, 7, 1_000])('end at newlines only, in pieces of %i bytes', async (size) => {
    const text = '{"id":"a\u2028b\u2029c"}\n\n三体\u0085\rx\nlast'
    expect(await linesOf(text, size)).toEqual(['{"id":"a\u2028b\u2029c"}', '', '三体\u0085\rx', 'last'])
  })

  it('are as many with a newline at the end as without', async () => {
    expect(await linesOf('a\nb\n', 3)).toEqual(['a', 'b'])
    expect(await linesOf('', 3)).toEqual([])
    expect(await linesOf('\n', 3)).toEqual([''])
  })

  it('may be bounded, and the one that is too long is named', async () => {
    expect(await linesOf('aaaa\nbbbb', 2, 4)).toEqual(['aaaa', 'bbbb'])
    await expect(linesOf('aaaa\nbbbbb', 2, 4)).rejects.toThrow('line 2 is longer than 4 bytes')
  })
})
