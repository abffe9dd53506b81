/** Where a model folder keeps its files, as the public hub lays them out. */
export const modelFiles = {
  onnx: 'onnx/model_quantized.onnx',
  tokenizer: 'tokenizer.json',
  tokenizerConfig: 'tokenizer_config.json',
} as const
