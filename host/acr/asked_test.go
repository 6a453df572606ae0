package acr_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/acr"
)

func TestResolve(t *testing.T) {
	def := []string{"1.0", "1.5"}
	for name, row := range map[string]struct {
		request acr.Request
		want    acr.Asked
	}{
		"nothing":              {acr.Request{}, acr.Asked{Values: []string{}}},
		"the default":          {acr.Request{Default: def}, acr.Asked{Raw: "1.0 1.5", Values: def}},
		"acr_values":           {acr.Request{ACRValues: "2.5  2.0", Default: def}, acr.Asked{Raw: "2.5  2.0", Values: []string{"2.5", "2.0"}}},
		"claim, null":          {acr.Request{Claim: &acr.Claim{}, Default: def}, acr.Asked{Raw: "1.0 1.5", Values: def}},
		"claim, voluntary":     {acr.Request{Claim: &acr.Claim{Values: []string{"9"}}, Default: def}, acr.Asked{Raw: "9", Values: []string{"9"}}},
		"claim, essential":     {acr.Request{Claim: &acr.Claim{Essential: true, Values: []string{"9", "8", "9"}}}, acr.Asked{Raw: "9 8", Values: []string{"9", "8"}, Essential: true, Demand: []string{"9", "8"}}},
		"essential, any":       {acr.Request{Claim: &acr.Claim{Essential: true}, ACRValues: "2.0"}, acr.Asked{Raw: "2.0", Values: []string{"2.0"}, Essential: true}},
		"both, order":          {acr.Request{Claim: &acr.Claim{Essential: true, Values: []string{"1", "2", "3"}}, ACRValues: "3 9 2"}, acr.Asked{Raw: "3 2 1", Values: []string{"3", "2", "1"}, Essential: true, Demand: []string{"3", "2", "1"}}},
		"both, none in common": {acr.Request{Claim: &acr.Claim{Values: []string{"1", "2"}}, ACRValues: "9"}, acr.Asked{Raw: "1 2", Values: []string{"1", "2"}}},
		"a value with spaces":  {acr.Request{Claim: &acr.Claim{Values: []string{"gold card"}}}, acr.Asked{Raw: "gold card", Values: []string{"gold card"}}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := acr.Resolve(row.request)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestResolveRefuses(t *testing.T) {
	many := make([]string, acr.MaxRequested+1)
	for i := range many {
		many[i] = strings.Repeat("x", i+1)
	}
	for name, request := range map[string]acr.Request{
		"acr_values with a control": {ACRValues: "a\x00b"},
		"acr_values beside a claim": {ACRValues: "\xff", Claim: &acr.Claim{Values: []string{"1"}}},
		"an empty value":            {Claim: &acr.Claim{Values: []string{""}}},
		"a control":                 {Claim: &acr.Claim{Values: []string{"\n"}}},
		"not UTF-8":                 {Claim: &acr.Claim{Values: []string{"\xff"}}},
		"too long":                  {Claim: &acr.Claim{Values: []string{strings.Repeat("x", acr.MaxValue+1)}}},
		"too many":                  {Claim: &acr.Claim{Values: many}},
	} {
		if got, err := acr.Resolve(request); err == nil {
			t.Errorf("%s: got %+v", name, got)
		}
	}
}
