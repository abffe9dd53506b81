/** Languages as far as their letters tell. Kana makes a text with Han characters Japanese; which language Latin or Cyrillic
 *  letters write is not told. */
const languages: readonly (readonly [name: string, letters: RegExp])[] = [
  ['Japanese', /[\p{Script=Hiragana}\p{Script=Katakana}]/u],
  ['Chinese', /\p{Script=Han}/u],
  ['Korean', /\p{Script=Hangul}/u],
  ['Arabic letters', /\p{Script=Arabic}/u],
  ['Hebrew', /\p{Script=Hebrew}/u],
  ['Thai', /\p{Script=Thai}/u],
  ['Greek', /\p{Script=Greek}/u],
  ['Devanagari letters', /\p{Script=Devanagari}/u],
  ['Cyrillic letters', /\p{Script=Cyrillic}/u],
  ['Latin letters', /\p{Script=Latin}/u],
]

export const NO_LANGUAGE = 'no letters'

export function languageOfText(text: string): string {
  return languages.find(([, letters]) => letters.test(text))?.[0] ?? NO_LANGUAGE
}
