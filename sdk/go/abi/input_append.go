package abi

import (
	"fmt"

	"github.com/acrhost/acrhost/sdk/go/internal/leanjson"
)

// AppendJSON appends the document to b: byte for byte what encoding/json writes
// without HTML escapes. An error names the member that is no JSON.
func (in Input) AppendJSON(b []byte) ([]byte, error) {
	b = appendText(b, `{"abi":`, in.ABI)
	b, err := in.Call.appendJSON(append(b, `,"call":`...))
	if err != nil {
		return b, fmt.Errorf("call: %w", err)
	}
	if b, err = in.Journey.appendJSON(append(b, `,"journey":`...)); err != nil {
		return b, fmt.Errorf("journey: %w", err)
	}
	if b, err = leanjson.AppendRaw(append(b, `,"config":`...), in.Config); err != nil {
		return b, fmt.Errorf("config: %w", err)
	}
	if b, err = in.Request.appendJSON(append(b, `,"request":`...)); err != nil {
		return b, fmt.Errorf("request: %w", err)
	}
	b = appendOptional(append(b, `,"acr":{"current":`...), in.ACR.Current)
	b = leanjson.AppendBool(append(b, `,"set":`...), in.ACR.Set)
	b = leanjson.AppendTexts(append(b, `},"amr":`...), in.AMR)
	if b, err = leanjson.AppendElements(append(b, `,"evidence":`...), in.Evidence, Evidence.appendJSON); err != nil {
		return b, fmt.Errorf("evidence: %w", err)
	}
	return in.appendRest(b)
}

func (in Input) appendRest(b []byte) ([]byte, error) {
	b, err := in.Subject.appendJSON(append(b, `,"subject":`...))
	if err != nil {
		return b, fmt.Errorf("subject: %w", err)
	}
	if b, err = leanjson.AppendTable(append(b, `,"upstream":`...), in.Upstream, Upstream.appendJSON); err != nil {
		return b, fmt.Errorf("upstream: %w", err)
	}
	b = appendText(b, `,"device":{"ip":`, in.Device.IP)
	b = appendText(b, `,"user_agent":`, in.Device.UserAgent)
	if b, err = leanjson.AppendMap(append(b, `},"vars":`...), in.Vars); err != nil {
		return b, fmt.Errorf("vars: %w", err)
	}
	b = leanjson.AppendTextMap(append(b, `,"form":`...), in.Form)
	b = appendOptional(append(b, `,"action":`...), in.Action)
	if b, err = leanjson.AppendRaw(append(b, `,"state":`...), in.State); err != nil {
		return b, fmt.Errorf("state: %w", err)
	}
	return append(b, '}'), nil
}

func (c Call) appendJSON(b []byte) ([]byte, error) {
	b = appendText(b, `{"id":`, c.ID)
	b = appendText(b, `,"type":`, c.Type)
	b = appendText(b, `,"step":`, c.Step)
	b = leanjson.AppendInt(append(b, `,"attempt":`...), int64(c.Attempt))
	b, err := appendTime(append(b, `,"now":`...), c.Now)
	b = leanjson.AppendBool(append(b, `,"interactive":`...), c.Interactive)
	return append(b, '}'), err
}

func (j Journey) appendJSON(b []byte) ([]byte, error) {
	b = appendText(b, `{"name":`, j.Name)
	b = appendText(b, `,"run":`, j.Run)
	b, err := appendTime(append(b, `,"started_at":`...), j.StartedAt)
	b = leanjson.AppendTexts(append(b, `,"path":`...), j.Path)
	return append(b, '}'), err
}

func (r *Request) appendJSON(b []byte) ([]byte, error) {
	b = appendText(b, `{"client_id":`, r.ClientID)
	b = leanjson.AppendTexts(append(b, `,"acr_values":`...), r.ACRValues)
	b = leanjson.AppendBool(append(b, `,"acr_essential":`...), r.ACREssential)
	b = leanjson.AppendTexts(append(b, `,"scope":`...), r.Scope)
	b = leanjson.AppendTexts(append(b, `,"prompt":`...), r.Prompt)
	if b = append(b, `,"max_age":`...); r.MaxAge == nil {
		b = append(b, "null"...)
	} else {
		b = leanjson.AppendInt(b, *r.MaxAge)
	}
	b = appendOptional(append(b, `,"login_hint":`...), r.LoginHint)
	b = leanjson.AppendTexts(append(b, `,"ui_locales":`...), r.UILocales)
	b, err := r.appendMore(b)
	return append(b, '}'), err
}

// appendMore adds what is absent where there is none of it.
func (r *Request) appendMore(b []byte) ([]byte, error) {
	var err error
	if len(r.AuthorizationDetails) > 0 {
		b, err = leanjson.AppendElements(append(b, `,"authorization_details":`...), r.AuthorizationDetails, appendDetail)
	}
	if len(r.Claims) > 0 {
		b = leanjson.AppendTexts(append(b, `,"claims":`...), r.Claims)
	}
	return b, err
}

func appendDetail(detail map[string]any, b []byte) ([]byte, error) {
	return leanjson.AppendMap(b, detail)
}

func (e Evidence) appendJSON(b []byte) ([]byte, error) {
	b = appendText(b, `{"method":`, e.Method)
	b = leanjson.AppendTexts(append(b, `,"amr":`...), e.AMR)
	b, err := appendTime(append(b, `,"at":`...), e.At)
	b = appendText(b, `,"step":`, e.Step)
	b = leanjson.AppendBool(append(b, `,"fresh":`...), e.Fresh)
	return append(b, '}'), err
}

func (s *Subject) appendJSON(b []byte) ([]byte, error) {
	if s == nil {
		return append(b, "null"...), nil
	}
	b = appendText(b, `{"id":`, s.ID)
	b = appendText(b, `,"username":`, s.Username)
	b, err := leanjson.AppendMap(append(b, `,"claims":`...), s.Claims)
	return append(b, '}'), err
}

func (u Upstream) appendJSON(b []byte) ([]byte, error) {
	b, err := leanjson.AppendMap(append(b, `{"claims":`...), u.Claims)
	if u.ACR != nil {
		b = appendText(b, `,"acr":`, *u.ACR)
	}
	if u.AMR != nil {
		b = leanjson.AppendTexts(append(b, `,"amr":`...), u.AMR)
	}
	return append(b, '}'), err
}

// appendText appends what stands before a text, and the text.
func appendText(b []byte, before, text string) []byte {
	return leanjson.AppendText(append(b, before...), text)
}

func appendOptional(b []byte, text *string) []byte {
	if text == nil {
		return append(b, "null"...)
	}
	return leanjson.AppendText(b, *text)
}
