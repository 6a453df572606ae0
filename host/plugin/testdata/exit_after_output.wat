;; Answers, and ends itself with 0 before it returns.
(module
  (import "acrhost_v1" "output_write" (func $write (param i32 i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "{\"outcome\":\"ok\"}")
  (func (export "acrhost_step_v1") (result i32)
    (call $write (i32.const 0) (i32.const 16))
    (call $exit (i32.const 0))
    (i32.const 0)))
