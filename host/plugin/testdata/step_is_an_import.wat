;; Exports a function of the host as its step.
(module
  (import "acrhost_v1" "input_len" (func $len (result i32)))
  (memory (export "memory") 1)
  (export "acrhost_step_v1" (func $len)))
