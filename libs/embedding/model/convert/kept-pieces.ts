import type { E5Vocabulary } from './e5-weights.ts'

/** Ids below this are <s>, <pad>, </s> and <unk>. */
const SPECIAL_IDS = 4

/** ASCII, Latin-1, punctuation, currency, letter-like signs, arrows, CJK punctuation, Han, full-width forms, and the
 *  ▁ (U+2581) that marks the beginning of a word. */
const chineseOrEnglish =
  /^[\u2581\x20-\x7e\u00a0-\u00ff\u2000-\u206f\u20a0-\u20bf\u2100-\u218f\u2190-\u21ff\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef]+$/

/** Ids of the pieces that Chinese and English texts can need, ascending: 116,235 of 250,002, which halves the model.
 *  A text in another script becomes mostly unknown pieces. */
export function keptPieceIds(vocabulary: E5Vocabulary): number[] {
  const maskId = vocabulary.pieces.length - 1
  return [...vocabulary.pieces.keys()].filter(
    (id) => id < SPECIAL_IDS || id === maskId || chineseOrEnglish.test(vocabulary.pieces[id]!),
  )
}
