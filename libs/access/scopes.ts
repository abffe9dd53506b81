/** What a key may be good for. `admin` is good for everything. */
export const scopes = ['events:write', 'items:write', 'recommendations:read', 'users:erase', 'admin'] as const

export type Scope = (typeof scopes)[number]

/** Who may do what, by method and route pattern. The first line that fits decides. Whatever is not about the product's
 *  data — probes, metrics, the API's own description — asks for no key. */
const required: readonly (readonly [method: RegExp, route: RegExp, scope: Scope])[] = [
  [/DELETE/, /^\/v1\/users\/:userId$/, 'users:erase'],
  // Everything held about a person goes only to whoever may also erase it.
  [/GET/, /^\/v1\/users\/:userId\/export$/, 'users:erase'],
  [/POST/, /^\/v1\/events$/, 'events:write'],
  [/PUT/, /^\/v1\/users\/:userId$/, 'events:write'],
  [/POST/, /^\/v1\/users\/:userId\/aliases$/, 'events:write'],
  [/PUT|POST|DELETE/, /^\/v1\/items(\/:itemId)?$/, 'items:write'],
  [/POST/, /^\/v1\/(rank|search)$/, 'recommendations:read'],
  [/GET/, /^\/v1\//, 'recommendations:read'],
  [/./, /^\/v1\//, 'admin'],
]

/** HEAD asks for what GET does: its answer tells as much as whether somebody is known. undefined: anybody may. */
export function requiredScope(asked: string, route: string): Scope | undefined {
  const method = asked === 'HEAD' ? 'GET' : asked
  return required.find(([methods, routes]) => methods.test(method) && routes.test(route))?.[2]
}
