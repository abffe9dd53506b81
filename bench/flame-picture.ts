import type { Frame } from './cpu-profile.ts'

const WIDTH = 1_200
const ROW = 16
/** Narrower than this is not drawn, px. */
const NARROWEST = 1
const LETTER = 6.2
/** By where the code is from. */
const COLOURS = { own: '#e8a33d', package: '#7aa6c2', node: '#b9b9b9' } as const

/** Stacks from the top down; the width of a function is its part of the CPU. The full name is in the tooltip. */
export function flamePicture(root: Frame): string {
  const rows: string[] = []
  let depth = 0
  function draw(frame: Frame, x: number, level: number): void {
    const width = frame.total * WIDTH
    if (width < NARROWEST) return
    depth = Math.max(depth, level)
    rows.push(boxOf(frame, x, level * ROW, width))
    let at = x
    for (const callee of [...frame.callees].sort((a, b) => b.total - a.total)) {
      draw(callee, at, level + 1)
      at += callee.total * WIDTH
    }
  }
  draw(root, 0, 0)
  const height = (depth + 1) * ROW
  const frame = `width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}"`
  const style = 'font-family="sans-serif" font-size="11"'
  return `<svg xmlns="http://www.w3.org/2000/svg" ${frame} ${style}>\n${rows.join('\n')}\n</svg>\n`
}

function boxOf({ name, place, total }: Frame, x: number, y: number, width: number): string {
  const letters = Math.floor((width - 4) / LETTER)
  const shown = letters < 3 ? '' : name.slice(0, letters)
  const title = `${name} ${place} ${(100 * total).toFixed(1)} %`
  const box = `x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${ROW - 1}"`
  const text = shown && `<text x="${(x + 2).toFixed(1)}" y="${y + ROW - 5}">${escaped(shown)}</text>`
  return `<g><title>${escaped(title)}</title><rect ${box} fill="${colourOf(place)}"/>${text}</g>`
}

function colourOf(place: string): string {
  if (/^(libs|services)\//.test(place)) return COLOURS.own
  return place === '' || place.startsWith('node:') ? COLOURS.node : COLOURS.package
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;')
}
