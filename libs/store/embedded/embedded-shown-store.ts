import { z } from 'zod'
import { decodeJson } from '../json-codec.ts'
import { decodeShownPage, encodeShownPage, newestPageFirst } from '../shown-codec.ts'
import { MOST_SHOWN_PAGES, type ShownStore } from '../shown-store.ts'
import type { EmbeddedTables } from './embedded-tables.ts'

/** What is kept of one: texts of pages, the last added first, and up to when they were forgotten. */
const entrySchema = z.object({ forgottenAtMs: z.number(), pages: z.array(z.string()) })

type Entry = z.infer<typeof entrySchema>

export function embeddedShownStore({ shown, read, write }: EmbeddedTables): ShownStore {
  function entryOf(to: string): Entry {
    const bytes = shown.get(Buffer.from(to))
    return bytes ? decodeJson(bytes.toString(), entrySchema, 'shown') : { forgottenAtMs: -1, pages: [] }
  }
  function put(to: string, entry: Entry, keepMs: number): void {
    shown.put(Buffer.from(to), Buffer.from(JSON.stringify(entry)), keepMs)
  }

  return {
    async readShown(to) {
      return read(() => to.map((each) => entryOf(each).pages.map((text) => decodeShownPage(each, text)))).map(
        (pages) => pages.sort(newestPageFirst),
      )
    },
    async addShown(additions, keepMs) {
      await write(() => {
        for (const { to, page } of additions) {
          const { forgottenAtMs, pages } = entryOf(to)
          if (page.shownAtMs <= forgottenAtMs) continue
          const text = encodeShownPage(page)
          const others = pages.filter((each) => each !== text)
          put(to, { forgottenAtMs, pages: [text, ...others].slice(0, MOST_SHOWN_PAGES) }, keepMs)
        }
        shown.sweep()
      })
    },
    async forgetShown(to, untilMs, keepMs) {
      await write(() => {
        for (const each of to) {
          if (entryOf(each).forgottenAtMs < untilMs) put(each, { forgottenAtMs: untilMs, pages: [] }, keepMs)
        }
      })
    },
  }
}
