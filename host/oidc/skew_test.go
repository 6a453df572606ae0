package oidc_test

import (
	"testing"
	"time"
)

// Clocks of clients may be 30 seconds apart from ours, either way, and no more (RFC 7519
// 4.1.4, 4.1.5): of what they assert and of what they ask.
func TestClockSkew(t *testing.T) {
	r, requests := newRigWith(t, signers()), newRequestRig(t)
	for name, row := range map[string]struct {
		claim string
		by    time.Duration
		ok    bool
	}{
		"just expired": {"exp", -29 * time.Second, true}, "expired": {"exp", -31 * time.Second, false},
		"soon": {"nbf", 29 * time.Second, true}, "not yet": {"nbf", 31 * time.Second, false},
		"made soon": {"iat", 29 * time.Second, true}, "made later": {"iat", 31 * time.Second, false},
	} {
		off := func(r *rig) object { return object{row.claim: unix(r.clock.now().Add(row.by))} }
		if a := r.asks(by(t, "ES256", r.assertion("key").with(off(r)), nil), nil); row.ok {
			r.wantProven(a)
		} else {
			r.wantRefused(a)
		}
		got := requests.bySigned("ro", by(t, "ES256", requests.ask("ro").with(off(requests)), nil), outside()).sent(t)
		if (got.Get("code") != "") != row.ok || !row.ok && got.Get("error") != "invalid_request_object" {
			t.Errorf("%s: request object: %v", name, got)
		}
	}
}
