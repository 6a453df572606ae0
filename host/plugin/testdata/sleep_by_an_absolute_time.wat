;; Sleeps until the end of time, which it names twice.
(module
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "acrhost_step_v1") (result i32)
    (i64.store (i32.const 24) (i64.const -1))
    (i32.store16 (i32.const 40) (i32.const 1))
    (memory.copy (i32.const 48) (i32.const 0) (i32.const 48))
    (i32.store (i32.const 64) (i32.const 1))
    (call $poll (i32.const 0) (i32.const 128) (i32.const 2) (i32.const 256))))
