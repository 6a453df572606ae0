;; Copies a passive segment and its own memory, for ever.
(module
  (memory (export "memory") 256)
  (data $d "0123456789abcdef")
  (func (export "acrhost_step_v1") (result i32)
    (loop $again
      (memory.init $d (i32.const 0) (i32.const 0) (i32.const 16))
      (memory.copy (i32.const 8388608) (i32.const 0) (i32.const 8388608))
      (br $again))
    (i32.const 0)))
