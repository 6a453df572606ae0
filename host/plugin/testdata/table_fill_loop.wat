(module
  (memory (export "memory") 1)
  (table $t 10000 funcref)
  (func (export "acrhost_step_v1") (result i32)
    (loop $again
      (table.fill $t (i32.const 0) (ref.null func) (i32.const 10000))
      (table.copy $t $t (i32.const 0) (i32.const 1) (i32.const 9999))
      (br $again))
    (i32.const 0)))
