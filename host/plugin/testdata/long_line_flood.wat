;; Writes 32 MiB without a line end to the log, for ever.
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 512)
  (func (export "acrhost_step_v1") (result i32)
    (i32.store (i32.const 0) (i32.const 64))
    (i32.store (i32.const 4) (i32.const 33554368))
    (loop $again (drop (call $write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 8))) (br $again))
    (i32.const 0)))
