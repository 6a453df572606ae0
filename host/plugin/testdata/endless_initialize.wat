(module
  (memory (export "memory") 1)
  (func (export "_initialize") (loop $again (br $again)))
  (func (export "acrhost_step_v1") (result i32) (i32.const 0)))
