/** The library's own loader of single files, which it does not export at the top. */
declare module '@xenova/transformers/src/utils/hub.js' {
  export function getModelFile(
    repository: string,
    file: string,
    fatal: boolean,
    options: { progress_callback: (progress: { loaded?: number; total?: number }) => void },
  ): Promise<Uint8Array>
}
