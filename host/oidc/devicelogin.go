package oidc

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/acrhost/acrhost/host/login"
	"github.com/acrhost/acrhost/host/store"
)

// deviceLogin has the user sign in for a device.
func (p *Provider) deviceLogin(w http.ResponseWriter, r *http.Request, device string) error {
	_, data, err := p.deviceRecord(r.Context(), device)
	if errors.Is(err, store.ErrNotFound) {
		return codeGone(err)
	}
	if err != nil {
		return hostFault(err)
	}
	_, a, err := p.deviceAsks(r.Context(), data)
	if err != nil {
		return err
	}
	a.device = device
	request, err := p.loginRequest(a)
	if err != nil {
		return hostFault(err)
	}
	err = p.Login.Start(w, r, request)
	if errors.Is(err, login.ErrTooMany) {
		return busyFault(err)
	}
	if err != nil {
		return hostFault(fmt.Errorf("start login: %w", err))
	}
	return nil
}

// finishDevice makes the grant of a device, frozen as any other, and tells the user. A
// login that failed has refused the device: it begins anew.
func (p *Provider) finishDevice(ctx context.Context, request pending, f login.Finished) (login.Response, error) {
	c, err := p.client(ctx, f.Run.Request.ClientID)
	if err != nil || !c.mayUse(grantDevice) {
		return login.Response{}, fmt.Errorf("client %q is gone, or its grant type", f.Run.Request.ClientID)
	}
	fault := p.verdict(ctx, c, request, f)
	if fault == nil {
		fault = p.grantDevice(ctx, c, request, f)
	}
	if fault != nil {
		p.loginFailed(ctx, f.Run, fault)
		if err := p.decide(ctx, request.Device, deviceRefused, ""); err != nil {
			p.Log.InfoContext(ctx, "device not refused", "run", f.Run.ID, "error", err)
		}
		return login.Response{URL: p.Issuer + pathDeviceFailed, Mode: modeQuery}, nil
	}
	p.loggedIn(ctx, f)
	return login.Response{URL: p.Issuer + pathDeviceDone, Mode: modeQuery}, nil
}

// grantDevice: the device code stands for the grant from now on. A grant that it does not
// stand for is worth nothing to anybody, and is ended.
func (p *Provider) grantDevice(ctx context.Context, c *client, request pending, f login.Finished) *Error {
	f.SessionID = "" // it is the browser's that let the device in, and the device stays when that signs out
	if err := p.settleConsent(ctx, c, &request, f.Run); err != nil {
		return serverError(err)
	}
	g, err := p.newGrant(c, request, f)
	if err != nil {
		return serverError(err)
	}
	// The device has all the time of its code to come for its tokens.
	g.ExpiresAt = g.ExpiresAt.Add(deviceTime + deviceTold)
	if err := p.Grants.PutGrant(ctx, g); err != nil {
		return serverError(fmt.Errorf("store grant: %w", err))
	}
	if err := p.decide(ctx, request.Device, deviceGranted, g.ID); err != nil {
		return serverError(errors.Join(fmt.Errorf("grant the device: %w", err), p.Grants.RevokeGrant(ctx, g.ID, p.Now())))
	}
	return nil
}
