package login

import (
	"net/http"
	"net/netip"

	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/throttle"
)

// from is where a request comes from, for the host alone.
func (f *Flow) from(r *http.Request) journey.From {
	var from journey.From
	if peer, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		from.Address = peer.Addr()
	}
	if secret, ok := f.deviceOf(r); ok {
		from.Device = store.Key(secret)
	}
	return from
}

// deviceCookieName names the cookie by which a browser is known to those who
// signed in in it. It opens nothing: it only keeps their attempts apart from those
// of strangers.
func (f *Flow) deviceCookieName() string {
	if f.Secure {
		return "__Host-acrhost-device"
	}
	return "acrhost-device"
}

// deviceOf is the secret of a device cookie that may be known to somebody.
func (f *Flow) deviceOf(r *http.Request) (string, bool) {
	c, err := r.Cookie(f.deviceCookieName())
	if err != nil || !isSecret(c.Value) {
		return "", false
	}
	return c.Value, true
}

// remember makes the browser known to a user who has just proven something in it.
// A browser that several people use has one secret for all of them. Somebody who
// plants a secret there, past the cookie's prefix, gains no more than a few guesses
// that are counted apart from others'.
func (f *Flow) remember(r *http.Request, username string) (*http.Cookie, error) {
	secret, ok := f.deviceOf(r)
	if !ok {
		secret = newBrowser()
	}
	if err := f.Throttle.Remember(r.Context(), store.Key(secret), username); err != nil {
		return nil, err
	}
	return f.deviceCookie(secret), nil
}

func (f *Flow) deviceCookie(secret string) *http.Cookie {
	return &http.Cookie{
		Name:     f.deviceCookieName(),
		Value:    secret,
		Path:     "/",
		MaxAge:   int(throttle.DeviceTTL.Seconds()),
		Secure:   f.Secure,
		HttpOnly: true,
		SameSite: http.SameSiteLaxMode,
	}
}
