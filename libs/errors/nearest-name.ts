import { closestMatch } from 'leven'

/** More slips than one in so many characters are another word. */
const CHARACTERS_PER_SLIP = 3
/** Nobody means a longer one, and the work grows with the square. */
const LONGEST = 64

/** The name that was probably meant; `user_id` is `userId`. undefined: none is near. */
export function nearestName(given: string, names: readonly string[]): string | undefined {
  const plain = plainOf(given)
  const named = new Map(names.map((name) => [plainOf(name), name]))
  const maxDistance = Math.ceil(plain.length / CHARACTERS_PER_SLIP)
  return named.get(closestMatch(plain, [...named.keys()], { maxDistance }) ?? '')
}

const plainOf = (name: string) => name.slice(0, LONGEST).toLowerCase().replaceAll(/[-_]/g, '')
