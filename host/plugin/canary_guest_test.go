package plugin_test

import (
	"fmt"
	"strings"

	"github.com/acrhost/acrhost/host/plugin"
)

// The leak canary: a guest that first computes a sum over all that it can see, its
// whole memory, how large that is, its globals and its tables, and keeps it in a local.
// Then it does what its input asks for, such as writing a secret, and answers with the
// sum. Whatever one call did, the next one must see what the first one saw.
//
// A document is 12 bytes: what to do, where, and how much.

// deed is something that a canary does to its state, given $at and $n.
type deed struct{ name, code string }

// stores are the instructions that store, each of which may straddle two blocks.
func stores() []deed {
	var list []deed
	add := func(op, value string) {
		list = append(list,
			deed{op, fmt.Sprintf("(%s (local.get $at) %s)", op, value)},
			deed{op + " with an offset", fmt.Sprintf("(%s offset=4093 (i32.sub (local.get $at) (i32.const 4093)) %s)", op, value)})
	}
	for _, op := range []string{"i32.store", "i32.store8", "i32.store16"} {
		add(op, "(i32.const 0x5ec4e75e)")
	}
	for _, op := range []string{"i64.store", "i64.store8", "i64.store16", "i64.store32"} {
		add(op, "(i64.const 0x5ec4e75ec4e75ec4)")
	}
	add("f32.store", "(f32.const nan:0x5ec4e7)")
	add("f64.store", "(f64.const 1234.5678)")
	const vector = "(v128.const i32x4 0x5ec4e75e 0x5ec4e75e 0x5ec4e75e 0x5ec4e75e)"
	add("v128.store", vector)
	for _, lane := range []string{"v128.store8_lane|15", "v128.store16_lane|7", "v128.store32_lane|3", "v128.store64_lane|1"} {
		op, n, _ := strings.Cut(lane, "|")
		list = append(list,
			deed{op, fmt.Sprintf("(%s %s (local.get $at) %s)", op, n, vector)},
			deed{op + " with an offset", fmt.Sprintf("(%s offset=4093 %s (i32.sub (local.get $at) (i32.const 4093)) %s)", op, n, vector)})
	}
	return list
}

// ranges are what writes $n bytes at $at.
func ranges() []deed {
	return []deed{
		{"memory.fill", "(memory.fill (local.get $at) (i32.const 0x5e) (local.get $n))"},
		{"memory.copy", "(memory.copy (local.get $at) (i32.const 4000) (local.get $n))"},
		{"memory.copy down over itself", "(memory.copy (local.get $at) (i32.add (local.get $at) (i32.const 1)) (local.get $n))"},
		{"memory.copy up over itself", "(memory.copy (i32.add (local.get $at) (i32.const 1)) (local.get $at) (local.get $n))"},
		{"memory.init", "(memory.init $secret (local.get $at) (i32.const 0) (i32.and (local.get $n) (i32.const 31)))"},
		{"input_read", "(drop (call $input_read (local.get $at) (local.get $n) (i32.const 0)))"},
		{"result_read", "(drop (call $http_fetch (i32.const 0) (i32.const 1))) (drop (call $result_read (local.get $at) (local.get $n) (i32.const 0)))"},
		{"random_get", "(drop (call $random_get (local.get $at) (local.get $n)))"},
	}
}

// hostWrites are the functions that make the host write a few bytes at $at.
func hostWrites() []deed {
	return []deed{
		{"clock_time_get", "(drop (call $clock_time_get (i32.const 0) (i64.const 1) (local.get $at)))"},
		{"clock_res_get", "(drop (call $clock_res_get (i32.const 1) (local.get $at)))"},
		{"args_sizes_get", "(drop (call $args_sizes_get (local.get $at) (i32.add (local.get $at) (i32.const 4))))"},
		{"args_get", "(drop (call $args_get (i32.sub (local.get $at) (i32.const 4)) (local.get $at)))"},
		{"environ_sizes_get", "(i64.store (i32.const 180000) (i64.const 1)) (drop (call $environ_sizes_get (i32.const 4096) (local.get $at)))"},
		{"fd_fdstat_get", "(drop (call $fd_fdstat_get (i32.const 1) (local.get $at)))"},
		{"fd_read", "(i32.store (i32.const 180000) (local.get $at)) (i32.store (i32.const 180004) (i32.const 64)) (drop (call $fd_read (i32.const 0) (i32.const 180000) (i32.const 1) (i32.const 180008)))"},
		{"the count of fd_read", "(i64.store (i32.const 180000) (i64.const 0)) (drop (call $fd_read (i32.const 0) (i32.const 180000) (i32.const 1) (local.get $at)))"},
		{"the count of fd_write", "(i64.store (i32.const 180000) (i64.const 0x1000000000)) (drop (call $fd_write (i32.const 2) (i32.const 180000) (i32.const 1) (local.get $at)))"},
		// Standard output is ready at once; what was waited for is written back.
		{"poll_oneoff", "(i64.store (i32.const 180000) (i64.const 0x5ec4e75ec4e7)) (i32.store8 (i32.const 180008) (i32.const 2)) (i32.store (i32.const 180016) (i32.const 1)) (drop (call $poll_oneoff (i32.const 180000) (local.get $at) (i32.const 1) (i32.const 180100)))"},
		{"the count of poll_oneoff", "(memory.fill (i32.const 180000) (i32.const 0) (i32.const 48)) (i32.store8 (i32.const 180008) (i32.const 2)) (drop (call $poll_oneoff (i32.const 180000) (i32.const 180100) (i32.const 1) (local.get $at)))"},
	}
}

// ownState are what changes all memory and the globals.
func ownState() []deed {
	return []deed{
		{"all memory", everything},
		{"every global", `(global.set $a (i32.const 0x5ec4e7)) (global.set $b (i64.const 0x5ec4e7)) (global.set $c (f32.const nan:0x1ec4e7)) (global.set $d (f64.const nan:0x5ec4e75ec4e7)) (global.set $e (i32.const 1))`},
		{"grown memory", growing},
		{"memory grown to its end", `(drop (memory.grow (i32.const 29))) ` + everything},
	}
}

const (
	everything = `(memory.fill (i32.const 0) (i32.const 0x5e) (i32.shl (memory.size) (i32.const 16)))`
	// Grown memory must be zero, whoever had it before: else this traps.
	growing = `(local.set $i (i32.shl (memory.size) (i32.const 16)))
    (if (i32.ne (memory.grow (local.get $n)) (i32.const -1)) (then
      (loop $next
        (if (i64.ne (i64.load (local.get $i)) (i64.const 0)) (then (unreachable)))
        (local.set $i (i32.add (local.get $i) (i32.const 8)))
        (br_if $next (i32.lt_u (local.get $i) (i32.shl (memory.size) (i32.const 16)))))
      ` + everything + `))`
)

// endings are the ways in which a call fails, each after the secret was left
// everywhere.
func endings() []deed {
	spoil := everything + ` (global.set $a (i32.const 0x5ec4e7)) (drop (memory.grow (i32.const 1))) `
	return []deed{
		{string(plugin.GuestError), spoil + `(return (i32.const 1))`},
		{string(plugin.Trap), spoil + `(unreachable)`},
		{string(plugin.Fuel), spoil + `(loop $again (br $again))`},
		{string(plugin.Memory), spoil + `(loop $more (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))) (unreachable)`},
		{string(plugin.Stack), spoil + `(call $down)`},
		{string(plugin.Timeout), spoil + `(call $sleep)`},
		{string(plugin.OutputLimit), spoil + `(loop $again (call $output_write (i32.const 0) (i32.const 4096)) (br $again))`},
		{string(plugin.OutputInvalid), spoil + `(call $output_write (i32.const 0) (i32.const 8)) (return (i32.const 0))`},
		{string(plugin.GrantViolation), spoil + `(memory.init $violation (i32.const 0) (i32.const 0) (i32.const 40)) (call $output_write (i32.const 0) (i32.const 40)) (return (i32.const 0))`},
	}
}

// canary is the guest. Its image is not what its data makes: the start writes too.
func canary(deeds []deed) string {
	var cases strings.Builder
	for n, d := range deeds {
		fmt.Fprintf(&cases, "(if (i32.eq (local.get $do) (i32.const %d)) (then %s))\n", n+1, d.code)
	}
	return `(module ` + canaryImports + `
  (memory (export "memory") 3 32)
  (table $t 4 funcref)
  (elem (i32.const 1) $down $sleep)
  (global $a (mut i32) (i32.const 7)) (global $b (mut i64) (i64.const -8))
  (global $c (mut f32) (f32.const 1.5)) (global $d (mut f64) (f64.const -2.5)) (global $e (mut i32) (i32.const 0))
  (data (i32.const 4080) "data that lies over the border of two blocks")
  (data (i32.const 65520) "data that lies over the border of two pages")
  (data (i32.const 196600) "the end.")
  (data $secret "a secret in a passive segment, 32")
  (data $violation "{\"outcome\":\"ok\",\"subject\":{\"id\":\"root\"}}")
  (func $down (call $down))
  (func $sleep
    (memory.fill (i32.const 512) (i32.const 0) (i32.const 64))
    (i32.store (i32.const 528) (i32.const 1))
    (i64.store (i32.const 536) (i64.const 3600000000000))
    (drop (call $poll_oneoff (i32.const 512) (i32.const 600) (i32.const 1) (i32.const 700))))
  (func (export "_initialize")
    (global.set $e (i32.const 0x1417))
    (memory.fill (i32.const 70000) (i32.const 0x11) (i32.const 5000))
    (i64.store (i32.const 65533) (i64.const 0x0102030405060708)))
  (func $mix (param $sum i64) (param $x i64) (result i64)
    (i64.mul (i64.rotl (i64.xor (local.get $sum) (local.get $x)) (i64.const 5)) (i64.const 0x100000001b3)))
  (func $see (result i64)
    (local $sum i64) (local $i i32)
    (loop $next
      (local.set $sum (call $mix (local.get $sum) (i64.load (local.get $i))))
      (local.set $i (i32.add (local.get $i) (i32.const 8)))
      (br_if $next (i32.lt_u (local.get $i) (i32.shl (memory.size) (i32.const 16)))))
    (local.set $sum (call $mix (local.get $sum) (i64.extend_i32_u (memory.size))))
    (local.set $sum (call $mix (local.get $sum) (i64.extend_i32_u (global.get $a))))
    (local.set $sum (call $mix (local.get $sum) (global.get $b)))
    (local.set $sum (call $mix (local.get $sum) (i64.extend_i32_u (i32.reinterpret_f32 (global.get $c)))))
    (local.set $sum (call $mix (local.get $sum) (i64.reinterpret_f64 (global.get $d))))
    (local.set $sum (call $mix (local.get $sum) (i64.extend_i32_u (global.get $e))))
    (local.set $i (i32.const 0))
    (loop $next
      (local.set $sum (call $mix (local.get $sum) (i64.extend_i32_u (ref.is_null (table.get $t (local.get $i))))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (table.size $t))))
    (local.get $sum))
  (func (export "acrhost_step_v1") (result i32)
    (local $sum i64) (local $do i32) (local $at i32) (local $n i32) (local $i i32)
    (local.set $sum (call $see))
    (drop (call $input_read (i32.const 190000) (i32.const 12) (i32.const 0)))
    (local.set $do (i32.load (i32.const 190000)))
    (local.set $at (i32.load (i32.const 190004)))
    (local.set $n (i32.load (i32.const 190008)))
    ` + cases.String() + `
    (i64.store (i32.const 190000) (local.get $sum))
    (call $output_write (i32.const 190000) (i32.const 8))
    (i32.const 0)))`
}

const canaryImports = `
  (import "acrhost_v1" "input_read" (func $input_read (param i32 i32 i32) (result i32)))
  (import "acrhost_v1" "output_write" (func $output_write (param i32 i32)))
  (import "acrhost_v1" "result_read" (func $result_read (param i32 i32 i32) (result i32)))
  (import "acrhost_cap_v1" "http_fetch" (func $http_fetch (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_res_get" (func $clock_res_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_fdstat_get" (func $fd_fdstat_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))`
