;; An exponential tree of calls before anything is called.
(module
  (memory (export "memory") 1)
  (func $tree (param $n i32)
    (if (local.get $n) (then
      (call $tree (i32.sub (local.get $n) (i32.const 1)))
      (call $tree (i32.sub (local.get $n) (i32.const 1))))))
  (func $start (call $tree (i32.const 60)))
  (start $start)
  (func (export "acrhost_step_v1") (result i32) (i32.const 0)))
