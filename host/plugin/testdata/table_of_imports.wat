;; Calls the host's functions and its own step through a table.
(module
  (import "acrhost_v1" "output_write" (func $write (param i32 i32)))
  (memory (export "memory") 1)
  (table 2 funcref)
  (elem (i32.const 0) $write $step)
  (func $step (export "acrhost_step_v1") (result i32)
    (call_indirect (param i32 i32) (i32.const 0) (i32.const 1) (i32.const 0))
    (call_indirect (result i32) (i32.const 1))))
