import type { E5Vocabulary } from './e5-weights.ts'

/** In XLM-RoBERTa these are the same in every vocabulary. */
const ids = { begin: 0, pad: 1, end: 2, unknown: 3 }

/** `tokenizer.json` as the tokenizers library defines it: XLM-RoBERTa's unigram model over the kept pieces, whose ids
 *  are their places in `pieceIds`. */
export function tokenizerFile(vocabulary: E5Vocabulary, pieceIds: readonly number[]): object {
  const maskId = pieceIds.length - 1
  const metaspace = {
    type: 'Metaspace',
    replacement: '\u2581',
    add_prefix_space: true,
    prepend_scheme: 'always',
  }
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [
      specialToken(ids.begin, '<s>'),
      specialToken(ids.pad, '<pad>'),
      specialToken(ids.end, '</s>'),
      specialToken(ids.unknown, '<unk>'),
      specialToken(maskId, '<mask>'),
    ],
    normalizer: {
      type: 'Sequence',
      normalizers: [{ type: 'NFKC' }, { type: 'Replace', pattern: { Regex: ' {2,}' }, content: ' ' }],
    },
    pre_tokenizer: { type: 'Sequence', pretokenizers: [{ type: 'WhitespaceSplit' }, metaspace] },
    post_processor: postProcessor,
    decoder: metaspace,
    model: {
      type: 'Unigram',
      unk_id: vocabulary.unknownId,
      vocab: pieceIds.map((id, place) => [
        place === maskId ? '<mask>' : vocabulary.pieces[id]!,
        // Six decimals are what the tokenizer was published with; float32 prints more.
        Math.round(vocabulary.scores[id]! * 1e6) / 1e6,
      ]),
      byte_fallback: false,
    },
  }
}

/** `tokenizer_config.json`. `longest`: pieces that the model has positions for. */
export function tokenizerConfigFile(longest: number): object {
  return {
    tokenizer_class: 'XLMRobertaTokenizer',
    model_max_length: longest,
    bos_token: '<s>',
    eos_token: '</s>',
    cls_token: '<s>',
    sep_token: '</s>',
    pad_token: '<pad>',
    unk_token: '<unk>',
    mask_token: '<mask>',
  }
}

function specialToken(id: number, content: string): object {
  const lstrip = content === '<mask>'
  return { id, content, single_word: false, lstrip, rstrip: false, normalized: false, special: true }
}

const begin = { SpecialToken: { id: '<s>', type_id: 0 } }
const end = { SpecialToken: { id: '</s>', type_id: 0 } }
const text = (name: string) => ({ Sequence: { id: name, type_id: 0 } })

const postProcessor = {
  type: 'TemplateProcessing',
  single: [begin, text('A'), end],
  pair: [begin, text('A'), end, end, text('B'), end],
  special_tokens: {
    '<s>': { id: '<s>', ids: [ids.begin], tokens: ['<s>'] },
    '</s>': { id: '</s>', ids: [ids.end], tokens: ['</s>'] },
  },
}
