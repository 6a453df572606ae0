;; A loop that does nothing, for ever.
(module
  (memory (export "memory") 1)
  (func (export "acrhost_step_v1") (result i32)
    (loop $again (br $again))
    (i32.const 0)))
