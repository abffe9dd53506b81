import { parse, View } from 'vega'
import { compile, type TopLevelSpec } from 'vega-lite'

/** Draws a vega-lite chart as SVG, here and now. */
export async function chartSvg(title: string, spec: object): Promise<string> {
  const { spec: drawn } = compile({ title, width: 720, height: 320, ...spec } as TopLevelSpec)
  const view = new View(parse(drawn), { renderer: 'none' })
  try {
    return await view.toSVG()
  } finally {
    view.finalize()
  }
}
