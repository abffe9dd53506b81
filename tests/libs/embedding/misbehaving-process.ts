/* A batch process without a model: its vectors hold the lengths of the texts, and some texts make it misbehave. */
process.on('disconnect', () => process.exit())
process.on('message', (texts: string[]) => {
  if (texts.includes('fail')) return process.send?.({ failure: 'no memory for this batch' })
  if (texts.includes('die')) {
    process.stderr.write('free(): invalid pointer\n')
    process.abort()
  }
  if (texts.includes('exit')) process.exit(3)
  return process.send?.({ vectors: texts.map((text) => Float32Array.of(text.length, process.pid)) })
})
process.send?.({ vectors: [] })
