;; A table without a maximum: wazero would give 700 MB. Here it stops at the limit.
(module
  (memory (export "memory") 1)
  (table $t 0 externref)
  (func (export "acrhost_step_v1") (result i32)
    (loop $more
      (br_if $more (i32.ne (table.grow $t (ref.null extern) (i32.const 1)) (i32.const -1))))
    (if (i32.eq (table.size $t) (i32.const 10000)) (then (unreachable)))
    (i32.const 1)))
