package deliver_test

import (
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/capability/deliver"
)

func TestCheckAddress(t *testing.T) {
	for _, test := range []struct {
		channel, to string
		ok          bool
	}{
		{"sms", "+15555550101", true},
		{"sms", "+1234567", true},
		{"sms", "+123456789012345", true},
		{"sms", "+1234567890123456", false},
		{"sms", "+123456", false},
		{"sms", "15555550101", false},
		{"sms", "+05555550101", false},
		{"sms", "+1 555 555 0101", false},
		{"sms", "+1555555٠١٠١", false},
		{"sms", "+15555550101\n", false},
		{"sms", "+15555550101,+15555550102", false},
		{"sms", "", false},
		{"email", "alice@example.com", true},
		{"email", "a.b+c@sub.example.com", true},
		{"email", "Alice <alice@example.com>", false},
		{"email", "<alice@example.com>", false},
		{"email", "alice@example.com, bob@example.com", false},
		{"email", "alice@example.com\r\nBcc: bob@example.com", false},
		{"email", `"a b"@example.com`, false},
		{"email", "alice", false},
		{"email", "alice@", false},
		{"email", "@example.com", false},
		{"email", strings.Repeat("a", 250) + "@b.co", false},
		{"voice", "+15555550101", false},
	} {
		if err := deliver.CheckAddress(test.channel, test.to); (err == nil) != test.ok {
			t.Errorf("%s %q: %v", test.channel, test.to, err)
		}
	}
}

func TestMask(t *testing.T) {
	for _, test := range []struct{ channel, to, want string }{
		{"sms", "+15555550101", "+•••01"},
		{"email", "alice@example.com", "a•••@e•••.com"},
		{"email", "älice@münchen.example", "ä•••@m•••.example"},
		{"email", "a@localhost", "a•••@l•••"},
		{"sms", "", "•••"},
	} {
		if got := deliver.Mask(test.channel, test.to); got != test.want {
			t.Errorf("%s: %s", test.to, got)
		}
	}
}

// An address that passes is one line, and its mask shows little of it.
func FuzzAddress(f *testing.F) {
	for _, s := range []string{"+15555550101", "alice@example.com", "a@b\r\nBcc: c@d", `"x"@y`, "é@ü.example"} {
		f.Add("sms", s)
		f.Add("email", s)
	}
	f.Fuzz(func(t *testing.T, channel, to string) {
		masked := deliver.Mask(channel, to)
		if deliver.CheckAddress(channel, to) != nil {
			return
		}
		if strings.ContainsAny(to, "\r\n\x00 ,<>") || to == "" {
			t.Errorf("%q passed", to)
		}
		if strings.Contains(masked, to) || !strings.Contains(masked, "•••") {
			t.Errorf("%q is masked as %q", to, masked)
		}
	})
}
