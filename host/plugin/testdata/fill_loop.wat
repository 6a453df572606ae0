;; Few instructions, much work: each clears 16 MiB.
(module
  (memory (export "memory") 256)
  (func (export "acrhost_step_v1") (result i32)
    (loop $again
      (memory.fill (i32.const 0) (i32.const 0) (i32.const 16777216))
      (memory.copy (i32.const 0) (i32.const 1) (i32.const 16777215))
      (br $again))
    (i32.const 0)))
