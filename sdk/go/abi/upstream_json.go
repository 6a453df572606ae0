package abi

import "github.com/acrhost/acrhost/sdk/go/internal/leanjson"

// AppendJSON appends the request to b.
func (r UpstreamBegin) AppendJSON(b []byte) ([]byte, error) {
	b = appendText(b, `{"provider":`, r.Provider)
	if r.ACRValues != nil {
		b = leanjson.AppendTexts(append(b, `,"acr_values":`...), r.ACRValues)
	}
	b = member(b, `"prompt":`, r.Prompt)
	if r.MaxAge != nil {
		b = leanjson.AppendInt(append(b, `,"max_age":`...), *r.MaxAge)
	}
	return append(member(b, `"login_hint":`, r.LoginHint), '}'), nil
}

// ParseJSON reads the answer. Its text lies in the document.
func (a *UpstreamBegun) ParseJSON(document []byte) error {
	p := leanjson.Parse(document)
	f := p.Open([]string{"url"}, false)
	for f.Next(&p) >= 0 {
		a.URL = p.Text()
	}
	return p.End()
}

// ParseJSON reads the answer. Its texts lie in the document.
func (a *UpstreamFinished) ParseJSON(document []byte) error {
	p := leanjson.Parse(document)
	f := p.Open([]string{"ok", "error", "claims", "acr", "amr"}, false)
	for i := f.Next(&p); i >= 0; i = f.Next(&p) {
		switch i {
		case 0:
			a.OK = p.Bool()
		case 1:
			a.Error = p.Text()
		case 2:
			a.Claims = p.Map()
		case 3:
			a.ACR = p.Optional()
		case 4:
			a.AMR = p.Texts()
		}
	}
	return p.End()
}
