package lock_test

import (
	"testing"

	"github.com/acrhost/acrhost/host/artifact/lock"
)

func TestSuccession(t *testing.T) {
	for _, test := range []struct {
		name, version    string
		swapped, rolledB bool
	}{
		{"com.example.risk", "1.4.2", false, false},
		{"com.example.risk", "1.4.3", false, false},
		{"com.example.risk", "1.10.0", false, false}, // no comparison of texts
		{"com.example.risk", "0.9.0", false, true},
		{"com.example.risk", "1.4.2-rc.1", false, true},
		{"com.example.risk", "1.4.2+build", false, false},
		{"com.example.risk", "yesterday", false, false},
		{"com.example.risk", "", false, false},
		{"com.evil.other", "1.4.2", true, false},
		{"com.evil.other", "0.9.0", true, false},
		{"com.example.Risk", "1.4.2", true, false},
		{"", "1.4.2", true, false},
	} {
		before := lock.Entry{Name: "com.example.risk", Version: "1.4.2"}
		is := lock.Entry{Name: test.name, Version: test.version}
		if is.Swapped(before) != test.swapped || is.RolledBack(before) != test.rolledB {
			t.Errorf("%s %s: swapped %v, rolled back %v", test.name, test.version, is.Swapped(before), is.RolledBack(before))
		}
	}
	if (lock.Entry{Name: "com.example.risk", Version: "1.0.0"}).Swapped(lock.Entry{}) {
		t.Error("what is new is no other plugin")
	}
}
