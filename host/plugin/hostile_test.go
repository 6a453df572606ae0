package plugin_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// TestHostileGuests runs one guest for each way to misbehave in a call. Under limits
// that end the test soon, each must end in its class, and the runtime must go on.
func TestHostileGuests(t *testing.T) {
	tests := []struct {
		file  string
		want  plugin.Class
		words string
	}{
		{"endless_loop.wat", plugin.Fuel, "instructions"},
		{"endless_start.wat", plugin.Fuel, "instructions"},
		{"endless_initialize.wat", plugin.Fuel, "instructions"},
		{"endless_command.wat", plugin.Fuel, "instructions"},
		{"call_tree.wat", plugin.Fuel, "instructions"},
		{"fill_loop.wat", plugin.Fuel, "instructions"},
		{"table_fill_loop.wat", plugin.Fuel, "instructions"},
		{"call_tree_in_start.wat", plugin.Fuel, "instructions"},
		{"copy_loop.wat", plugin.Fuel, "instructions"},
		{"bad_branch_tables.wat", plugin.Fuel, "instructions"},
		{"log_flood.wat", plugin.Timeout, "longer than"},
		{"empty_log_flood.wat", plugin.Timeout, "longer than"},
		{"long_line_flood.wat", plugin.Timeout, "longer than"},
		{"poll_flood.wat", plugin.Timeout, "longer than"},
		{"deep_recursion.wat", plugin.Stack, "2000 deep"},
		{"mutual_recursion.wat", plugin.Stack, "2000 deep"},
		{"recursion_in_start.wat", plugin.Stack, "2000 deep"},
		{"indirect_recursion.wat", plugin.Stack, "2000 deep"},
		{"fat_recursion.wat", plugin.Stack, "2000 deep"},
		{"memory_growth.wat", plugin.Memory, "bytes of memory"},
		{"growth_in_start.wat", plugin.Memory, "bytes of memory"},
		{"table_growth.wat", plugin.Trap, "unreachable"},
		{"gigabyte_output.wat", plugin.OutputLimit, "65536"},
		{"gigabyte_stdout.wat", plugin.OutputLimit, "65536"},
		{"write_in_initialize.wat", plugin.Trap, "before the step"},
		{"long_sleep.wat", plugin.Timeout, "longer than"},
		{"sleep_by_an_absolute_time.wat", plugin.Timeout, "longer than"},
		{"short_sleeps.wat", plugin.Timeout, "longer than"},
		{"host_call_loop.wat", plugin.Timeout, "longer than"},
		{"random_flood.wat", plugin.Timeout, "longer than"},
		{"unreachable.wat", plugin.Trap, "unreachable"},
		{"divide_by_zero.wat", plugin.Trap, "divide by zero"},
		{"null_call.wat", plugin.Trap, "invalid table access"},
		{"wrong_call.wat", plugin.Trap, "indirect call type mismatch"},
		{"exit_in_start.wat", plugin.GuestError, "exit code 0"},
		{"result_of_nobody.wat", plugin.GuestError, "returned 9"},
		{"exit_in_reactor.wat", plugin.GuestError, "exit code 0"},
		{"nonzero.wat", plugin.GuestError, "returned 7"},
		{"command_fails.wat", plugin.GuestError, "no phone number"},
		{"two_documents.wat", plugin.OutputInvalid, "follows"},
		{"sleep_in_initialize.wat", plugin.Timeout, "longer than"},
		{"many_vectors.wat", plugin.Timeout, "longer than"},
		{"table_of_imports.wat", plugin.Stack, "2000 deep"},
		{"step_is_an_import.wat", plugin.GuestError, "returned"},
		{"exit_after_output.wat", plugin.GuestError, "exit code 0"},
		{"wide_store_over_the_end.wat", plugin.Trap, "out of bounds"},
		{"silent_command.wat", plugin.OutputInvalid, "no output document"},
	}
	r := newRuntime(t, plugin.Config{})
	for _, tt := range tests {
		for _, mode := range []plugin.Mode{plugin.Auto, plugin.Fresh, plugin.Restore, plugin.Prewarm} {
			t.Run(strings.TrimSuffix(tt.file, ".wat")+"/"+string(mode), func(t *testing.T) {
				limits := plugin.Limits{Fuel: 20_000_000, Timeout: time.Minute}
				if tt.want == plugin.Timeout {
					limits = plugin.Limits{Fuel: 1 << 50, Timeout: 50 * time.Millisecond}
				}
				m, err := r.Load(t.Context(), plugin.Spec{Name: "hostile", Wasm: watFile(t, tt.file), Limits: limits, Mode: mode})
				if mode == plugin.Restore && err != nil {
					wantUnsafe(t, err, tt.words)
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				defer m.Close(t.Context())
				if mode != plugin.Auto && m.Mode() != mode {
					t.Fatalf("runs in mode %s", m.Mode())
				}
				for range 3 {
					wantFailure(t, m, limits, tt.want, tt.words)
				}
			})
		}
	}
	good := load(t, r, plugin.Spec{Wasm: wat(t, answering(`{"outcome":"ok"}`))})
	res, err := good.Call(t.Context(), abi.Input{}, nil)
	if err != nil || res.Output.Outcome != "ok" {
		t.Errorf("after all of them: %v, %+v", err, res.Output)
	}
}

// TestStartsThatTakeLong holds that a module which sleeps or has the host work as it starts
// keeps nobody who loads it for longer than a call may take, or a second.
func TestStartsThatTakeLong(t *testing.T) {
	r := newRuntime(t, plugin.Config{})
	for _, file := range []string{"naps_in_initialize.wat", "random_in_initialize.wat"} {
		_, err := r.Load(t.Context(), plugin.Spec{
			Name: "bad", Wasm: watFile(t, file), Mode: plugin.Restore, Limits: plugin.Limits{Fuel: 1 << 50},
		})
		refused(t, err, "took longer than 1s of work")
	}
}

func wantFailure(t *testing.T, m *plugin.Module, limits plugin.Limits, class plugin.Class, words string) {
	t.Helper()
	res, err := m.Call(t.Context(), abi.Input{}, nil)
	failed := failure(t, err)
	if failed.Class != class || !strings.Contains(failed.Message, words) {
		t.Errorf("got %v, want %s with %q", err, class, words)
	}
	if class == plugin.Fuel && res.Stats.FuelUsed != limits.Fuel {
		t.Errorf("used %d of %d fuel", res.Stats.FuelUsed, limits.Fuel)
	}
	if res.Stats.Mode != string(m.Mode()) {
		t.Errorf("mode %q", res.Stats.Mode)
	}
}

// wantUnsafe demands that a module is refused the mode restore, because its start
// failed, and how, or because of what it does.
func wantUnsafe(t *testing.T, err error, words string) {
	t.Helper()
	refused, ok := errors.AsType[*plugin.RefusedError](err)
	if !ok || !strings.Contains(refused.Reason, "mode restore") {
		t.Fatalf("got %v", err)
	}
	if !strings.Contains(refused.Reason, words) && !strings.Contains(refused.Reason, "uses table.") {
		t.Errorf("reason %q doesn't say %q", refused.Reason, words)
	}
}
