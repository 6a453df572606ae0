package page

import (
	"net/http"
	"time"
)

// DeviceCode is the page on which a user types in the code that a device shows.
type DeviceCode struct {
	Action string // the path that the form is sent to
	Field  string // of the code
	Code   string // filled in; empty: nothing
	Wrong  bool   // the last one was
	// Wait is how long no code is taken from here; 0: not at all.
	Wait time.Duration
}

// Seconds is the wait in whole seconds, one at least.
func (d DeviceCode) Seconds() int64 { return int64((d.Wait + time.Second - 1) / time.Second) }

// DeviceCode asks for a code.
func (p *Pages) DeviceCode(w http.ResponseWriter, _ *http.Request, d DeviceCode) {
	status := http.StatusOK
	if d.Wait > 0 {
		status = http.StatusTooManyRequests
	}
	p.Render(w, status, "device", d)
}

// DeviceConfirm is the page that asks whether to let a device in.
type DeviceConfirm struct {
	Action       string
	Field, Token string // of the form
	Decision     string // the field that is approve or deny
	Client       string // who asks
	About        About
	Scopes       []string
	Claims       []string // by name, beside the scopes
	Details      []string // authorization details, as text
}

// DeviceConfirm asks whether to let a device in.
func (p *Pages) DeviceConfirm(w http.ResponseWriter, _ *http.Request, d DeviceConfirm) {
	d.About = d.About.shown()
	p.render(w, http.StatusOK, "device-confirm", d, policy{image: d.About.Logo})
}

// DeviceDone says that the user can go back to the device.
func (p *Pages) DeviceDone(w http.ResponseWriter, _ *http.Request, approved bool) {
	p.Render(w, http.StatusOK, "device-done", struct{ Approved bool }{approved})
}
