(module
  (memory (export "memory") 1)
  (type $f (func))
  (table 1 funcref)
  (elem (i32.const 0) $down)
  (func $down (call_indirect (type $f) (i32.const 0)))
  (func (export "acrhost_step_v1") (result i32)
    (call $down)
    (i32.const 0)))
