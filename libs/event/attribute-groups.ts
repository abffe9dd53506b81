/** A group of events or users that share the value of an attribute, such as `country=DE`. */

/** Longer values are free text, and would make a group for everybody. */
const LONGEST_VALUE = 64

/** The groups by those of the attributes whose value is a short text, a number or a boolean, in the order of `names`. */
export function groupsOf(attributes: Readonly<Record<string, unknown>>, names: readonly string[]): string[] {
  const groups: string[] = []
  for (const name of names) {
    const value = Object.hasOwn(attributes, name) ? attributes[name] : undefined
    const isValue = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    const text = isValue ? String(value) : ''
    if (text !== '' && text.length <= LONGEST_VALUE) groups.push(`${name}=${text}`)
  }
  return groups
}
