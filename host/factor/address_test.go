package factor_test

import (
	"strings"
	"testing"
	"time"

	"github.com/acrhost/acrhost/host/capability/deliver"
	"github.com/acrhost/acrhost/host/factor"
	"github.com/acrhost/acrhost/host/store"
)

// addAddress adds an address whose code was right.
func (w *world) addAddress(user, channel, address string) error {
	w.t.Helper()
	w.ok(w.BeginAddress(w.t.Context(), "r_1", user, channel, address, w.both()))
	_, err := w.FinishAddress(w.t.Context(), "r_1", user, channel, address, w.both())
	return err
}

func TestAddress(t *testing.T) {
	for channel, test := range map[string]struct{ address, amr string }{
		deliver.SMS: {"+15555550199", "sms"}, deliver.Email: {"new@example.net", "otp"},
	} {
		w := newWorld(t)
		w.ok(w.BeginAddress(t.Context(), "r_1", alice, channel, test.address, w.both()))
		if pending, err := w.PendingAddress(t.Context(), "r_1", alice, channel); err != nil || pending != test.address {
			t.Errorf("pending %q, %v", pending, err)
		}
		proof, err := w.FinishAddress(t.Context(), "r_1", alice, channel, test.address, w.both())
		w.ok(err)
		u, err := w.store.User(t.Context(), alice)
		w.ok(err)
		got, verified := u.Email, u.EmailVerified
		if channel == deliver.SMS {
			got, verified = u.Phone, u.PhoneVerified
		}
		if got != test.address || !verified || strings.Join(proof.AMR, " ") != test.amr || proof.User.ID != alice {
			t.Errorf("has %q, verified %t, proves %+v", got, verified, proof)
		}
		_, err = w.FinishAddress(t.Context(), "r_1", alice, channel, test.address, w.both())
		refused(t, err, factor.ErrRefused, "in this run")
	}
}

// What counts is what the code was sent to: an address that was begun since is not
// given the other's proof, and would be told to clients as verified.
func TestAddressReplacedAtTheSameMoment(t *testing.T) {
	w := newWorld(t)
	w.ok(w.BeginAddress(t.Context(), "r_1", alice, deliver.Email, "mine@example.net", w.both()))
	w.ok(w.BeginAddress(t.Context(), "r_1", alice, deliver.Email, "president@example.com", w.both()))
	_, err := w.FinishAddress(t.Context(), "r_1", alice, deliver.Email, "mine@example.net", w.both())
	refused(t, err, factor.ErrRefused, "another address")
	if u, err := w.store.User(t.Context(), alice); err != nil || u.Email != "alice@example.com" {
		t.Errorf("has %q, %v", u.Email, err)
	}
}

func TestAddressConfirmedElsewhere(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct {
		run, user, channel string
		after              time.Duration
	}{
		{"r_2", alice, deliver.Email, 0}, {"r_1", bob, deliver.Email, 0}, {"r_1", alice, deliver.SMS, 0}, {"r_1", alice, deliver.Email, 10 * time.Minute},
	} {
		w.ok(w.BeginAddress(t.Context(), "r_1", alice, deliver.Email, "new@example.net", w.both()))
		w.advance(test.after)
		_, err := w.FinishAddress(t.Context(), test.run, test.user, test.channel, "new@example.net", w.both())
		refused(t, err, factor.ErrRefused, "in this run")
	}
}

func TestNoAddress(t *testing.T) {
	w := newWorld(t)
	for _, address := range []string{"", "alice", "a@b\r\nBcc: c@example.com", "+15555550101", strings.Repeat("a", 1<<16) + "@example.com"} {
		refused(t, w.BeginAddress(t.Context(), "r_1", alice, deliver.Email, address, w.both()), factor.ErrAddress, "")
	}
	refused(t, w.BeginAddress(t.Context(), "r_1", alice, "pigeon", "alice@example.com", w.both()), factor.ErrAddress, "")
	delete(w.Senders, deliver.SMS)
	refused(t, w.BeginAddress(t.Context(), "r_1", alice, deliver.SMS, "+15555550101", w.both()), factor.ErrNone, "")
	refused(t, w.BeginAddress(t.Context(), "r_1", mallory, deliver.Email, "m@example.com", w.both()), factor.ErrNone, "")
}

// When a code last verified the user is shown, of each address, until it is another one.
func TestAddressUsed(t *testing.T) {
	w := newWorld(t)
	w.change(alice, phone)
	used := func() map[string]time.Time {
		items, err := w.Items(t.Context(), alice)
		w.ok(err)
		at := map[string]time.Time{}
		for _, i := range items {
			at[i.Kind] = i.UsedAt
		}
		return at
	}
	for range 2 {
		w.advance(time.Minute)
		w.Used(t.Context(), alice, deliver.SMS)
	}
	if at := used(); !at[deliver.SMS].Equal(start.Add(2*time.Minute)) || !at[deliver.Email].IsZero() {
		t.Errorf("used %v", at)
	}
	w.ok(w.RemoveAddress(t.Context(), alice, deliver.SMS, w.both()))
	w.change(alice, phone)
	if at := used(); !at[deliver.SMS].IsZero() {
		t.Errorf("another number was used at %v", at[deliver.SMS])
	}
}

func TestRemoveAddress(t *testing.T) {
	w := newWorld(t)
	w.change(alice, phone)
	w.ok(w.RemoveAddress(t.Context(), alice, deliver.SMS, w.both()))
	if u, err := w.store.User(t.Context(), alice); err != nil || u.Phone != "" || u.PhoneVerified {
		t.Errorf("has %+v, %v", u, err)
	}
	if has, err := w.Of(t.Context(), alice); err != nil || has.Phone || !has.Email {
		t.Errorf("has %+v, %v", has, err)
	}
}

// What else is changed at the same moment is not undone.
func TestAddressOfAUserWhoWasDisabled(t *testing.T) {
	w := newWorld(t)
	w.ok(w.BeginAddress(t.Context(), "r_1", alice, deliver.Email, "new@example.net", w.both()))
	w.change(alice, func(u *store.User) { u.Disabled = true })
	_, err := w.FinishAddress(t.Context(), "r_1", alice, deliver.Email, "new@example.net", w.both())
	refused(t, err, factor.ErrNone, "")
}
