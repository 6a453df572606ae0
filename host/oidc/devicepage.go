package oidc

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/acrhost/acrhost/host/form"
	"github.com/acrhost/acrhost/host/forwarded"
	"github.com/acrhost/acrhost/host/page"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/throttle"
)

// The fields of the pages.
const (
	userCodeField = "user_code"
	deviceField   = "_device"
	approveField  = "_action"
)

// deviceKind names what is sealed into the page that asks.
const deviceKind = "device"

// letIn is a device that a browser is asked about, in the page that asks. It is sealed for
// that browser: nobody else's form can approve.
type letIn struct {
	Device   string    `json:"device"`    // id of the device code
	UserCode string    `json:"user_code"` // id of the user code
	Until    time.Time `json:"until"`
}

// deviceShow is RFC 8628 3.3: the user types in the code that the device shows. One that
// came in the address (3.3.1) is filled in and no more: a link alone lets nobody in.
func (p *Provider) deviceShow(w http.ResponseWriter, r *http.Request) error {
	code := ""
	if typed, ok := readUserCode(r.URL.Query().Get(userCodeField)); ok {
		code = typed[:userCodeSize/2] + "-" + typed[userCodeSize/2:]
	}
	p.Pages.DeviceCode(w, r, page.DeviceCode{Action: pathDevice, Field: userCodeField, Code: code})
	return nil
}

// deviceEntered shows who asks for what. Guesses are counted before they are compared
// (RFC 8628 5.1).
func (p *Provider) deviceEntered(w http.ResponseWriter, r *http.Request) error {
	q, err := formParams(w, r)
	if err != nil || !form.SameOrigin(r) {
		return deviceFault(errors.Join(err, errors.New("not a form of this page")))
	}
	again := page.DeviceCode{Action: pathDevice, Field: userCodeField}
	counted, err := p.Throttle.Begin(r.Context(), throttle.Attempt{Kind: throttle.UserCode, Address: forwarded.Address(r)})
	if later, ok := errors.AsType[*throttle.Later](err); ok {
		again.Wait = later.After
		p.Pages.DeviceCode(w, r, again)
		return nil
	}
	if err != nil {
		return hostFault(fmt.Errorf("count an attempt: %w", err))
	}
	asked, data, err := p.askedBy(r.Context(), q.get(userCodeField))
	known := err == nil
	if err := counted.Settle(r.Context(), known); err != nil {
		return hostFault(fmt.Errorf("settle an attempt: %w", err))
	}
	if errors.Is(err, store.ErrNotFound) {
		again.Wrong = true
		p.Pages.DeviceCode(w, r, again)
		return nil
	}
	if err != nil {
		return hostFault(err)
	}
	return p.deviceAsk(w, r, asked, data)
}

// askedBy finds the device that shows a code; store.ErrNotFound when none does.
func (p *Provider) askedBy(ctx context.Context, typed string) (letIn, deviceData, error) {
	code, ok := readUserCode(typed)
	if !ok {
		return letIn{}, deviceData{}, store.ErrNotFound
	}
	record, err := p.Artifacts.Get(ctx, store.UserCode, p.userCodeID(code))
	if err != nil {
		return letIn{}, deviceData{}, err
	}
	asked := letIn{Device: string(record.Data), UserCode: record.ID, Until: record.ExpiresAt}
	_, data, err := p.deviceRecord(ctx, asked.Device)
	return asked, data, err
}

// deviceAsk shows the client and what it wants, with a warning: who was sent a code by
// somebody else would let that somebody in (RFC 8628 5.4).
func (p *Provider) deviceAsk(w http.ResponseWriter, r *http.Request, asked letIn, data deviceData) error {
	c, a, err := p.deviceAsks(r.Context(), data)
	if err != nil {
		return err
	}
	browser := p.deviceBrowser(r)
	if browser == "" {
		browser = rand.Text()
		http.SetCookie(w, p.deviceCookie(browser))
	}
	text, err := json.Marshal(asked)
	if err != nil {
		return hostFault(err)
	}
	p.Pages.DeviceConfirm(w, r, page.DeviceConfirm{
		Action: pathDeviceConfirm, Field: deviceField, Decision: approveField, Client: c.called(""), About: c.about(""), Scopes: a.scope, Claims: a.wanted.beyond(a.scope), Details: a.details.shown(),
		Token: base64.RawURLEncoding.EncodeToString(p.Sealer.Seal(deviceKind, store.Key(browser), text)),
	})
	return nil
}

// deviceAsks is the client of a device and what it asks for, as it may do so now. An error is
// a PageFault: what the device was told before does not hold any more.
func (p *Provider) deviceAsks(ctx context.Context, data deviceData) (*client, *authorization, error) {
	c, err := p.client(ctx, data.Client)
	switch {
	case noClient(err):
		return nil, nil, codeGone(fmt.Errorf("client %.100q: %w", data.Client, err))
	case err != nil:
		return nil, nil, hostFault(fmt.Errorf("find client %.100q: %w", data.Client, err))
	}
	a, fault := p.deviceRequest(c, data.Params)
	if fault != nil {
		return nil, nil, codeGone(fault)
	}
	return c, a, nil
}

// deviceConfirmed is the user's word. Whatever it is, the code is used up by it: of two
// browsers that were told the same code, one decides. The login comes after, by the
// client's journey, so that the grant is that of who signs in here and now.
func (p *Provider) deviceConfirmed(w http.ResponseWriter, r *http.Request) error {
	q, err := formParams(w, r)
	if err != nil || !form.SameOrigin(r) {
		return deviceFault(errors.Join(err, errors.New("not a form of this page")))
	}
	asked, err := p.openLetIn(r, q.get(deviceField))
	if err != nil {
		return deviceFault(err)
	}
	approved := q.get(approveField) == "approve"
	if !approved && q.get(approveField) != "deny" {
		return deviceFault(errors.New("neither approved nor denied"))
	}
	_, err = p.Artifacts.Take(r.Context(), store.UserCode, asked.UserCode)
	if errors.Is(err, store.ErrNotFound) {
		return codeGone(err)
	}
	if err != nil {
		return hostFault(err)
	}
	if approved {
		return p.deviceLogin(w, r, asked.Device)
	}
	if err := p.decide(r.Context(), asked.Device, deviceRefused, ""); err != nil {
		return hostFault(err)
	}
	seeOther(w, pathDeviceFailed)
	return nil
}

// openLetIn reads what the page that asked was about, for the browser that it was shown in.
func (p *Provider) openLetIn(r *http.Request, token string) (letIn, error) {
	var asked letIn
	browser := p.deviceBrowser(r)
	sealed, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || browser == "" {
		return asked, errors.New("no token, or no cookie")
	}
	text, err := p.Sealer.Open(deviceKind, store.Key(browser), sealed)
	if err != nil {
		return asked, err
	}
	if err := json.Unmarshal(text, &asked); err != nil {
		return asked, err
	}
	if !p.Now().Before(asked.Until) {
		return asked, errors.New("the page is too old")
	}
	return asked, nil
}

// deviceEnded tells the user to go back to the device.
func (p *Provider) deviceEnded(approved bool) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		p.Pages.DeviceDone(w, r, approved)
		return nil
	}
}

// The cookie that a page belongs to. With its prefix no other host can plant it.
func (p *Provider) deviceCookie(secret string) *http.Cookie {
	return &http.Cookie{
		Name: p.deviceCookieName(), Value: secret, Path: "/", Secure: p.secure(), HttpOnly: true, SameSite: http.SameSiteStrictMode,
	}
}

func (p *Provider) deviceCookieName() string {
	if p.secure() {
		return "__Host-acrhost-letin"
	}
	return "acrhost-letin"
}

func (p *Provider) secure() bool { return strings.HasPrefix(p.Issuer, "https://") }

func (p *Provider) deviceBrowser(r *http.Request) string {
	c, err := r.Cookie(p.deviceCookieName())
	if err != nil || len(c.Value) != len(rand.Text()) {
		return ""
	}
	return c.Value
}

// seeOther is always a 303, so that what was posted here is not posted there.
func seeOther(w http.ResponseWriter, location string) {
	w.Header().Set("Location", location)
	w.WriteHeader(http.StatusSeeOther)
}
