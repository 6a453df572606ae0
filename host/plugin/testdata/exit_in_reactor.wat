;; A reactor ends by returning. This one wrote an answer and then left.
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (import "acrhost_v1" "output_write" (func $write (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "{\"outcome\":\"ok\"}")
  (func (export "acrhost_step_v1") (result i32)
    (call $write (i32.const 0) (i32.const 16))
    (call $exit (i32.const 0))
    (i32.const 0)))
