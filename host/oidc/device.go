package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/acrhost/acrhost/host/store"
)

const (
	deviceTime = 10 * time.Minute // in which the user must have decided
	// deviceTold is how long a device is told that its code has expired, before nobody
	// knows of it any more.
	deviceTold = 10 * time.Minute
	pollEvery  = 5 * time.Second // RFC 8628 3.2 and 3.5: and so much longer after each slow_down
)

// deviceState is what came of a device's request.
type deviceState string

const (
	devicePending deviceState = "pending"
	deviceGranted deviceState = "granted" // the record's group is the grant
	deviceRefused deviceState = "refused"
)

// deviceData is a device's request, as it is kept.
type deviceData struct {
	Client string      `json:"client"`
	Params url.Values  `json:"params"` // what of the request the login is about
	State  deviceState `json:"state"`
	Until  time.Time   `json:"until"`
}

// deviceAnswer is RFC 8628 3.2.
type deviceAnswer struct {
	DeviceCode string `json:"device_code"`
	UserCode   string `json:"user_code"`
	URI        string `json:"verification_uri"`
	Complete   string `json:"verification_uri_complete"`
	ExpiresIn  int64  `json:"expires_in"` // seconds
	Interval   int64  `json:"interval"`   // seconds
}

// deviceParams are the parameters of the request that the login is about. acr_values,
// claims and the rest mean what they do at the authorization endpoint.
func deviceParams() []string {
	return []string{"scope", "acr_values", "claims", "max_age", "login_hint", "ui_locales", "authorization_details"}
}

// deviceAuthorization is RFC 8628 3.1: a device that can show a page to nobody gets a code
// to show to its user, and one to ask for tokens with.
func (p *Provider) deviceAuthorization(w http.ResponseWriter, r *http.Request) error {
	q, err := formParams(w, r)
	if err != nil {
		return err
	}
	if name, ok := q.anyRepeated(append(deviceParams(), "client_id", "client_secret")...); ok {
		return invalidRequest("The parameter " + name + " was sent more than once.")
	}
	c, err := p.authenticate(r, q)
	if err != nil {
		return err
	}
	kept := url.Values{}
	for _, name := range deviceParams() {
		if q.has(name) {
			kept.Set(name, q.get(name))
		}
	}
	if named := q.values["resource"]; len(named) > 0 {
		kept["resource"] = named // RFC 8707 2: one or several
	}
	if _, fault := p.deviceRequest(c, kept); fault != nil {
		return fault
	}
	answer, err := p.newDevice(r.Context(), deviceData{Client: c.ID, Params: kept, State: devicePending, Until: p.Now().Add(deviceTime)})
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, answer)
}

// deviceRequest is what a device asks for, checked as at the authorization endpoint.
func (p *Provider) deviceRequest(c *client, kept url.Values) (*authorization, *Error) {
	if !c.mayUse(grantDevice) {
		return nil, unauthorizedClient()
	}
	a := &authorization{request: request{params: params{kept}}, client: c}
	for _, check := range []check{checkText, checkScope, checkMaxAge, checkClaims, checkACR, p.checkResource, checkDetails, p.checkReach} {
		if fault := check(a); fault != nil {
			return nil, fault
		}
	}
	return a, nil
}

func (p *Provider) newDevice(ctx context.Context, d deviceData) (deviceAnswer, error) {
	data, err := json.Marshal(d)
	if err != nil {
		return deviceAnswer{}, fmt.Errorf("store device code: %w", err)
	}
	secret := p.newSecret()
	user, err := p.newUserCodeFor(ctx, store.Key(secret), d.Until)
	if err != nil {
		return deviceAnswer{}, err
	}
	_, err = p.Artifacts.Put(ctx, store.Record{Kind: store.Device, ID: store.Key(secret), Data: data, ExpiresAt: d.Until.Add(deviceTold)})
	if err != nil {
		return deviceAnswer{}, fmt.Errorf("store device code: %w", err)
	}
	return deviceAnswer{
		DeviceCode: secret, UserCode: user, URI: p.Issuer + pathDevice, Complete: p.Issuer + pathDevice + "?user_code=" + user,
		ExpiresIn: int64(deviceTime / time.Second), Interval: int64(pollEvery / time.Second),
	}, nil
}

// newUserCodeFor stores a user code for a device code. One that another device shows is
// not given twice.
func (p *Provider) newUserCodeFor(ctx context.Context, device string, until time.Time) (string, error) {
	for range 5 {
		shown := newUserCode()
		code, _ := readUserCode(shown)
		_, err := p.Artifacts.Put(ctx, store.Record{Kind: store.UserCode, ID: p.userCodeID(code), Data: []byte(device), ExpiresAt: until})
		if err == nil {
			return shown, nil
		}
		if !errors.Is(err, store.ErrConflict) {
			return "", fmt.Errorf("store user code: %w", err)
		}
	}
	return "", errors.New("store user code: five in a row are taken")
}

// deviceRecord is a device's request, with what it says; one whose code was used is gone.
func (p *Provider) deviceRecord(ctx context.Context, id string) (store.Record, deviceData, error) {
	var d deviceData
	record, err := p.Artifacts.Get(ctx, store.Device, id)
	if err != nil {
		return record, d, err
	}
	if _, used := spentOf(record); used {
		return record, d, store.ErrNotFound
	}
	if err := json.Unmarshal(record.Data, &d); err != nil {
		return record, d, fmt.Errorf("read device code: %w", err)
	}
	return record, d, nil
}

// decide says what came of a device's request, once.
func (p *Provider) decide(ctx context.Context, id string, state deviceState, grantID string) error {
	record, d, err := p.deviceRecord(ctx, id)
	if err != nil {
		return err
	}
	if d.State != devicePending {
		return errors.New("the device's request was decided before")
	}
	d.State, record.Group = state, grantID
	if record.Data, err = json.Marshal(d); err != nil {
		return err
	}
	_, err = p.Artifacts.Put(ctx, record)
	return err
}
