;; Stores 16 bytes of which the last one is behind the memory.
(module
  (memory (export "memory") 1)
  (func (export "acrhost_step_v1") (result i32)
    (v128.store offset=0xffff (i32.const -15) (v128.const i64x2 1 2))
    (v128.store (i32.const 65521) (v128.const i64x2 1 2))
    (i32.const 0)))
