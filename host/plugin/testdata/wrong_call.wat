;; Calls a function by another type than it has.
(module
  (memory (export "memory") 1)
  (type $f (func (param i64) (result i64)))
  (table 1 funcref)
  (elem (i32.const 0) $step)
  (func $step (export "acrhost_step_v1") (result i32)
    (drop (call_indirect (type $f) (i64.const 1) (i32.const 0)))
    (i32.const 0)))
