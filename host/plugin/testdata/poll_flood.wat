;; Asks for 1,024 things to wait for, one of which has happened already, for ever.
(module
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 4)
  (func (export "acrhost_step_v1") (result i32)
    (local $at i32)
    (loop $next
      (i64.store offset=24 (local.get $at) (i64.const 1000000000))
      (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 48))) (i32.const 49104))))
    (i32.store8 offset=8 (local.get $at) (i32.const 2))
    (loop $again (drop (call $poll (i32.const 0) (i32.const 65536) (i32.const 1024) (i32.const 131072))) (br $again))
    (i32.const 0)))
