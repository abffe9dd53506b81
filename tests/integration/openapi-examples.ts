import { expect } from 'vitest'

interface WithExamples {
  readonly example?: unknown
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>
}

interface OpenApiOperation {
  readonly tags?: readonly string[]
  readonly parameters?: readonly (WithExamples & { readonly name: string; readonly in: string })[]
  readonly requestBody?: { readonly content: Record<string, WithExamples> }
}

function valuesOf({ example, examples }: WithExamples): unknown[] {
  return example !== undefined ? [example] : Object.values(examples ?? {}).map(({ value }) => value)
}

export type OpenApiPaths = Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>

/** Each route of recommendations with the first examples of its required parameters: once plain, once with each example
 *  of an optional one, once with each example of a body. */
export function examplesOf(paths: OpenApiPaths): { method: 'GET' | 'POST'; path: string; json?: unknown }[] {
  const found: { method: 'GET' | 'POST'; path: string; json?: unknown }[] = []
  for (const [route, { get, post }] of Object.entries(paths)) {
    const ofBody = valuesOf(post?.requestBody?.content['application/json'] ?? {})
    if (post?.tags?.includes('recommendations')) {
      expect([route, ofBody.length]).not.toEqual([route, 0])
      for (const json of ofBody) found.push({ method: 'POST', path: route, json })
    }
    if (!get?.tags?.includes('recommendations')) continue
    const { parameters = [] } = get
    const pathOf = (name: string) =>
      encodeURIComponent(String(valuesOf(parameters.find((each) => each.name === name)!)[0]))
    const base = route.replaceAll(/\{(\w+)\}/g, (_, name: string) => pathOf(name))
    const required = route === '/v1/explain' ? ['userId', 'itemId'] : []
    const plain = required.map((name) => `${name}=${pathOf(name)}`)
    found.push({ method: 'GET', path: `${base}?${plain.join('&')}` })
    for (const parameter of parameters) {
      const { name, in: place } = parameter

      if (place !== 'query' || required.includes(name)) continue
      expect([route, name, valuesOf(parameter).length]).not.toEqual([route, name, 0])
      for (const example of valuesOf(parameter)) {
        const query = [example].flat().map((value) => `${name}=${encodeURIComponent(String(value))}`)
        found.push({ method: 'GET', path: `${base}?${[...plain, ...query].join('&')}` })
      }
    }
  }
  return found
}
