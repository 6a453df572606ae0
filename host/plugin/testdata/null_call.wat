(module
  (memory (export "memory") 1)
  (type $f (func))
  (table 4 funcref)
  (func (export "acrhost_step_v1") (result i32)
    (call_indirect (type $f) (i32.const 2))
    (i32.const 0)))
