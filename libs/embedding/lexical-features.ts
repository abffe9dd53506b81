/** What a text is made of, each with how often: Han characters and pairs of neighbours, since Chinese has no spaces; of
 *  all other scripts words, and three or four letters in a row so that "novel" and "novels" are alike. */
export function lexicalFeatures(text: string): Map<string, number> {
  const counts = new Map<string, number>()
  const count = (feature: string): void => void counts.set(feature, (counts.get(feature) ?? 0) + 1)
  for (const [run] of text.normalize('NFKC').toLowerCase().matchAll(hanRunOrWord)) {
    const characters = [...run]
    if (han.test(run)) countHan(characters, count)
    else countWord(run, characters, count)
  }
  return counts
}

const han = /\p{Script=Han}/u
const hanRunOrWord = /\p{Script=Han}+|(?:(?!\p{Script=Han})[\p{L}\p{M}\p{N}])+/gu

function countHan(characters: readonly string[], count: (feature: string) => void): void {
  characters.forEach((character, i) => {
    count(character)
    const next = characters[i + 1]
    if (next !== undefined) count(character + next)
  })
}

/** Sets grams apart from words: it occurs in no word. */
const GRAM = '#'
/** Stands before and after a word, so that its beginning and end are grams of their own. */
const EDGE = ' '

function countWord(word: string, characters: readonly string[], count: (feature: string) => void): void {
  count(word)
  const edged = [EDGE, ...characters, EDGE]
  for (const length of [3, 4]) {
    for (let start = 0; start + length <= edged.length; start++) {
      count(GRAM + edged.slice(start, start + length).join(''))
    }
  }
}
