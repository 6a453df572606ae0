package plugin_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/plugin"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// echo is a reactor that answers with what its configuration says, in hexadecimal
// between two marks: the decoder is reached without a guest for each document.
const echo = `(module
  (import "acrhost_v1" "input_len" (func $len (result i32)))
  (import "acrhost_v1" "input_read" (func $read (param i32 i32 i32) (result i32)))
  (import "acrhost_v1" "output_write" (func $write (param i32 i32)))
  (memory (export "memory") 8)
  (func $hex (param $c i32) (result i32)
    (if (result i32) (i32.gt_u (local.get $c) (i32.const 57))
      (then (i32.sub (local.get $c) (i32.const 87)))
      (else (i32.sub (local.get $c) (i32.const 48)))))
  (func (export "acrhost_step_v1") (result i32)
    (local $i i32) (local $n i32) (local $o i32)
    (local.set $n (call $read (i32.const 0) (call $len) (i32.const 0)))
    (local.set $o (i32.const 262144))
    (block $none (loop $find
      (br_if $none (i32.ge_u (local.get $i) (local.get $n)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $find (i32.ne (i32.load8_u (i32.sub (local.get $i) (i32.const 1))) (i32.const 126)))))
    (loop $copy
      (if (i32.ne (i32.load8_u (local.get $i)) (i32.const 126)) (then
        (i32.store8 (local.get $o) (i32.add
          (i32.mul (call $hex (i32.load8_u (local.get $i))) (i32.const 16))
          (call $hex (i32.load8_u (i32.add (local.get $i) (i32.const 1))))))
        (local.set $o (i32.add (local.get $o) (i32.const 1)))
        (local.set $i (i32.add (local.get $i) (i32.const 2)))
        (br $copy))))
    (call $write (i32.const 262144) (i32.sub (local.get $o) (i32.const 262144)))
    (i32.const 0)))`

func saying(document string) abi.Input {
	return abi.Input{Config: json.RawMessage(fmt.Sprintf(`{"say":"~%x~"}`, document))}
}

// TestRefusalNamesTheMember holds that the message says where in the document the
// fault is.
func TestRefusalNamesTheMember(t *testing.T) {
	field := func(members string) string { return `{"prompt":{"fields":[{` + members + `}]}}` }
	tests := []struct{ document, want string }{
		{``, "no output document"},
		{`{}`, "exactly one of outcome, prompt, redirect and error"},
		{`{"outcome":"ok"} x`, "something follows the document"},
		{`{"outcome":"ok","sub":"admin"}`, `"sub"`},
		{`{"outcome":"ok","Outcome":"no"}`, `"Outcome"`},
		{`{"prompt":{"html":"<b>"}}`, `"html"`},
		{`{"outcome":null}`, "outcome: null"},
		{`{"outcome":""}`, "outcome: empty"},
		{`{"outcome":"ok","acr":1.5}`, "acr: "},
		{`{"outcome":"ok","acr":"` + strings.Repeat("x", 2000) + `"}`, "acr: "},
		{`{"outcome":"ok","state":{}}`, "state: "},
		{`{"outcome":"ok","amr":[""]}`, "amr: "},
		{`{"outcome":"ok","vars":{"":1}}`, "vars: "},
		{`{"outcome":"ok","vars":[]}`, "/vars"},
		{`{"outcome":"ok","claims":{"":1}}`, "claims: "},
		{`{"outcome":"ok","evidence":[{"method":""}]}`, "evidence: "},
		{`{"outcome":"ok","subject":{"id":""}}`, "subject.id"},
		{`{"redirect":{"url":""}}`, "redirect.url"},
		{`{"error":{"code":"x","message":"x"},"acr":"2"}`, "error: nothing else"},
		{field(`"name":"Code","type":"text"`), "prompt.fields[0].name"},
		{field(`"name":"a","type":"html"`), "prompt.fields[0].type"},
		{field(`"name":"a","type":"text","options":[{"value":"x"}]`), "prompt.fields[0].options"},
		{field(`"name":"a","type":"radio","options":[{"value":"x"},{"value":"x"}]`), "prompt.fields[0].options"},
		{`{"prompt":{"actions":[{"name":"ok"},{"name":"ok"}]}}`, "prompt.actions[1].name"},
		{`{"outcome":"ok","vars":` + nested(32) + `}`, "nested more than 32"},
	}
	m := load(t, newRuntime(t, plugin.Config{}), plugin.Spec{Wasm: wat(t, echo), Grant: plugin.Grant{All: true}})
	for _, tt := range tests {
		_, err := m.Call(t.Context(), saying(tt.document), nil)
		if failed := failure(t, err); failed.Class != plugin.OutputInvalid || !strings.Contains(failed.Message, tt.want) {
			t.Errorf("%.80s: got %v, want output_invalid with %q", tt.document, err, tt.want)
		}
	}
	if _, err := m.Call(t.Context(), saying(`{"outcome":"ok","vars":`+nested(31)+`}`), nil); err != nil {
		t.Errorf("32 levels are allowed: %v", err)
	}
}

// nested is so many objects in each other.
func nested(n int) string {
	return strings.Repeat(`{"a":`, n) + "1" + strings.Repeat("}", n)
}

// FuzzOutput holds that whatever a guest writes is refused as such, or is exactly one
// answer.
func FuzzOutput(f *testing.F) {
	for _, s := range []string{`{"outcome":"ok","acr":{"a":1}}`, `{"prompt":{"fields":[{"name":"a","type":"text"}]}}`, `{"error":{"code":"a","message":"b"}}`, `{"redirect":{"url":"x"},"state":[]}`} {
		f.Add([]byte(s))
	}
	m := load(f, newRuntime(f, plugin.Config{}), plugin.Spec{Wasm: wat(f, echo), Grant: plugin.Grant{All: true}})
	f.Fuzz(func(t *testing.T, document []byte) {
		if len(document) > 30_000 {
			t.Skip() // the guest gets it in hexadecimal, within its input
		}
		res, err := m.Call(t.Context(), saying(string(document)), nil)
		if err != nil {
			switch failed := failure(t, err); failed.Class {
			case plugin.OutputInvalid, plugin.GrantViolation:
			case plugin.GuestError:
				if failed.Code == "" {
					t.Errorf("no code: %v", err)
				}
			default:
				t.Errorf("class %s: %v", failed.Class, err)
			}
			return
		}
		answers := 0
		for _, there := range []bool{res.Output.Outcome != "", res.Output.Prompt != nil, res.Output.Redirect != nil} {
			if there {
				answers++
			}
		}
		if answers != 1 || res.Output.Error != nil || !json.Valid(document) {
			t.Errorf("accepted: %q", document)
		}
	})
}
