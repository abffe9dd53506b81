import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { linesIn } from '../../../../services/cli/import/lines-in.ts'

it.each([
  ['LF', '{"a":1}\n\n \t\n{"b":2}\n'],
  ['CR LF', '{"a":1}\r\n\r\n \t\r\n{"b":2}\r\n\r\n'],
  ['CR LF without the last LF', '{"a":1}\r\n\r\n\r\n{"b":2}\r\n\r'],
])('passes over blank lines where lines end in %s, and counts them', async (_, content) => {
  const folder = await mkdtemp(join(tmpdir(), 'halflife-lines-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const path = join(folder, 'rows.jsonl')
  await writeFile(path, content)
  const found = []
  for await (const { bytes, line } of linesIn(path))
    found.push([line, JSON.parse(Buffer.from(bytes).toString())])
  expect(found).toEqual([
    [1, { a: 1 }],
    [4, { b: 2 }],
  ])
})
