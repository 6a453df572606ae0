(module
  (import "acrhost_v1" "output_write" (func $write (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "{\"outcome\":\"ok\"}")
  (func (export "_initialize") (call $write (i32.const 0) (i32.const 16)))
  (func (export "acrhost_step_v1") (result i32) (i32.const 0)))
