import { expect } from 'vitest'

/** JSON Schema, as far as tests look into it. */
export interface JsonSchema {
  readonly type?: string | readonly string[]
  readonly anyOf?: readonly JsonSchema[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly additionalProperties?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly maxLength?: number
  readonly maxItems?: number
}

interface Described {
  readonly schema: JsonSchema
  readonly example?: unknown
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>
}

export interface OpenApiParameter extends Described {
  readonly name: string
  readonly in: 'query' | 'path'
  readonly required: boolean
}

export interface OpenApiOperation {
  readonly operationId?: string
  readonly parameters?: readonly OpenApiParameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, Described>> }
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>> }>
  >
}

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'
export type OpenApiPaths = Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>

export interface Route {
  readonly method: Method
  readonly route: string
  readonly operation: OpenApiOperation
}

/** Every call of the contract; what takes something away comes last. */
export function routesOf(paths: OpenApiPaths): Route[] {
  const routes = Object.entries(paths).flatMap(([route, operations]) =>
    Object.entries(operations).map(([method, operation]) => {
      return { method: method.toUpperCase() as Method, route, operation }
    }),
  )
  return routes
    .filter(({ route }) => route.startsWith('/v1/'))
    .sort((a, b) => Number(a.method === 'DELETE') - Number(b.method === 'DELETE'))
}

/** @throws where none is given */
export function valuesOf({ example, examples }: Described, what: string): unknown[] {
  const values = example !== undefined ? [example] : Object.values(examples ?? {}).map(({ value }) => value)
  expect([what, values.length]).not.toEqual([what, 0])
  return values
}

/** The route with the first example of each parameter in its path, and with `query`. */
export function pathOf(
  { route, operation }: Route,
  query: Readonly<Record<string, unknown>>,
  inPath: Readonly<Record<string, string>> = {},
): string {
  const parameter = (name: string) => operation.parameters!.find((each) => each.name === name)!
  const path = route.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(inPath[name] ?? String(valuesOf(parameter(name), `${route} ${name}`)[0])),
  )
  const pairs = Object.entries(query).flatMap(([name, value]) => [value].flat().map((each) => [name, each]))
  return pairs.length === 0 ? path : `${path}?${new URLSearchParams(pairs as [string, string][])}`
}

/** The first examples of what the query string must have. */
export function requiredQuery({ route, operation }: Route): Record<string, unknown> {
  const required = (operation.parameters ?? []).filter((each) => each.in === 'query' && each.required)
  return Object.fromEntries(required.map((each) => [each.name, valuesOf(each, `${route} ${each.name}`)[0]]))
}

/** Each example of a body; undefined where there is no body. */
export function bodiesOf({ method, route, operation }: Route): unknown[] {
  const body = operation.requestBody?.content['application/json']
  return body === undefined ? [undefined] : valuesOf(body, `${method} ${route}`)
}

/** A route once plain, or with each example of a body, and once with each example of an optional parameter. */
export function examplesOf(route: Route): { path: string; json: unknown }[] {
  const required = requiredQuery(route)
  const plain = bodiesOf(route).map((json) => ({ path: pathOf(route, required), json }))
  const optional = (route.operation.parameters ?? []).filter((each) => each.in === 'query' && !each.required)
  const more = optional.flatMap((each) =>
    valuesOf(each, `${route.route} ${each.name}`).map((value) => {
      return { path: pathOf(route, { ...required, [each.name]: value }), json: bodiesOf(route)[0] }
    }),
  )
  return [...plain, ...more]
}
