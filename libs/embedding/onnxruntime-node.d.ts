/** The package comes without types of its own; it re-exports those of onnxruntime-common and adds the CPU backend. */
declare module 'onnxruntime-node' {
  export { InferenceSession, Tensor } from 'onnxruntime-common'
}
