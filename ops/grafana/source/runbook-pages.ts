import { readdir, readFile } from 'node:fs/promises'
import { framed, RUNBOOKS_UID, type RunbookIds } from './grafana-json.ts'

export interface RunbookPage {
  readonly name: string
  readonly title: string
  readonly text: string
}

const folder = new URL('../../runbooks/', import.meta.url)

/** ops/runbooks, by name. */
export async function runbookPages(): Promise<RunbookPage[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.md')).sort()
  return Promise.all(
    files.map(async (file) => {
      const [heading, ...lines] = (await readFile(new URL(file, folder), 'utf8')).split('\n')
      return {
        name: file.replace('.md', ''),
        title: heading!.replace('# ', ''),
        text: lines.join('\n').trim(),
      }
    }),
  )
}

export function runbookIds(pages: readonly RunbookPage[]): RunbookIds {
  return new Map(pages.map(({ name }, index) => [name, index + 1]))
}

/** The runbooks as a dashboard: whoever looks at a panel at night reads on where they are. */
export function runbooksJson(pages: readonly RunbookPage[]): object {
  const ids = runbookIds(pages)
  const panels = pages.map(({ title, text }, index) => ({
    id: index + 1,
    gridPos: { x: (index % 2) * 12, y: Math.floor(index / 2) * 14, w: 12, h: 14 },
    type: 'text',
    title,
    options: { mode: 'markdown', content: insideGrafana(text, ids) },
  }))
  const description = 'What each alert means, where to look first, how to mend it; the pages of ops/runbooks'
  return framed({ uid: RUNBOOKS_UID, title: 'Halflife: runbooks', description }, panels)
}

/** A link to another runbook leads to its panel; one out of the folder becomes plain text. */
function insideGrafana(text: string, ids: RunbookIds): string {
  return text
    .replaceAll(
      /\]\(([\w-]+)\.md\)/g,
      (_, name: string) => `](/d/${RUNBOOKS_UID}?viewPanel=${ids.get(name)})`,
    )
    .replaceAll(/\[([^\]]+)\]\(\.\.\/\.\.\/([^)#]+)[^)]*\)/g, '$1 ($2)')
}
