import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { openProgress, withProgress } from '../../../services/process/progress.ts'

function terminal() {
  let written = ''
  const stream = new Writable({
    write(chunk, _encoding, done) {
      written += String(chunk)
      done()
    },
  })
  return {
    stream: Object.assign(stream, { isTTY: true, columns: 100 }) as unknown as NodeJS.WriteStream,
    written: () => written,
  }
}

describe('progress on a terminal', () => {
  it('changes nothing about the terminal that a killed process would leave behind', () => {
    const { stream, written } = terminal()
    const progress = openProgress(stream)
    progress.report({ step: 'read', done: 1, total: 4 })
    progress.finish()
    expect(written()).toContain('25 %')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: sequences that set a mode of a terminal begin with Escape
    expect(written()).not.toMatch(/\x1B\[\?\d+[hl]/)
  })

  it('ends its line before an error of the work is said', async () => {
    const { stream, written } = terminal()
    const work = withProgress(async ({ report }) => {
      report({ step: 'read', done: 1, total: 4 })
      throw new Error('no such file')
    }, stream)
    await expect(work).rejects.toThrow('no such file')
    expect(written().endsWith('\n')).toBe(true)
  })
})
