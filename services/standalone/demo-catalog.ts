import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ItemInput, parseItem } from '../../libs/event/item.ts'
import { packageRoot } from './package-root.ts'

/** The two halves of the demo catalog: neither translates the other. */
const files = ['catalog.zh.jsonl', 'catalog.en.jsonl']

/** The 420 items that come with Halflife. */
export async function demoCatalog(): Promise<ItemInput[]> {
  const texts = await Promise.all(files.map((file) => readFile(join(packageRoot(), 'demo', file), 'utf8')))
  const lines = texts.flatMap((text) => text.split('\n').filter((line) => line !== ''))
  return lines.map((line) => parseItem(JSON.parse(line)))
}
