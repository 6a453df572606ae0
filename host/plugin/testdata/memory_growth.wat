;; Takes all that it gets, then dies as an allocator does.
(module
  (memory (export "memory") 1)
  (func (export "acrhost_step_v1") (result i32)
    (loop $more
      (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
    (unreachable)))
