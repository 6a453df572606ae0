package abi

import "github.com/acrhost/acrhost/sdk/go/internal/leanjson"

// AppendJSON appends the request to b.
func (r UserIdentify) AppendJSON(b []byte) ([]byte, error) {
	return append(appendText(b, `{"username":`, r.Username), '}'), nil
}

// AppendJSON appends the request to b.
func (r PasswordVerify) AppendJSON(b []byte) ([]byte, error) {
	b = member(append(b, '{'), `"username":`, r.Username)
	return append(leanjson.AppendText(name(b, `"password":`), r.Password), '}'), nil
}

// AppendJSON appends the request to b.
func (r PasswordSet) AppendJSON(b []byte) ([]byte, error) {
	return append(appendText(b, `{"password":`, r.Password), '}'), nil
}

// AppendJSON appends the request to b.
func (r OTPSend) AppendJSON(b []byte) ([]byte, error) {
	b = appendText(b, `{"channel":`, r.Channel)
	if r.Length != 0 {
		b = leanjson.AppendInt(append(b, `,"length":`...), int64(r.Length))
	}
	if r.TTL != 0 {
		b = leanjson.AppendInt(append(b, `,"ttl_seconds":`...), r.TTL)
	}
	return append(member(b, `"text":`, r.Text), '}'), nil
}

// AppendJSON appends the request to b.
func (r OTPVerify) AppendJSON(b []byte) ([]byte, error) {
	b = appendText(b, `{"channel":`, r.Channel)
	return append(appendText(b, `,"code":`, r.Code), '}'), nil
}

// AppendJSON appends the request to b.
func (Nothing) AppendJSON(b []byte) ([]byte, error) { return append(b, "{}"...), nil }

// AppendJSON appends the request to b.
func (r PasskeyOptions) AppendJSON(b []byte) ([]byte, error) {
	return append(member(append(b, '{'), `"user_verification":`, r.UserVerification), '}'), nil
}

// AppendJSON appends the request to b.
func (r PasskeyResponse) AppendJSON(b []byte) ([]byte, error) {
	b = appendText(b, `{"response":`, r.Response)
	return append(member(b, `"name":`, r.Name), '}'), nil
}

// AppendJSON appends the request to b.
func (r CodeCheck) AppendJSON(b []byte) ([]byte, error) {
	b = appendText(b, `{"code":`, r.Code)
	return append(member(b, `"name":`, r.Name), '}'), nil
}

// AppendJSON appends the request to b.
func (r AddressEnroll) AppendJSON(b []byte) ([]byte, error) {
	b = appendText(b, `{"channel":`, r.Channel)
	return append(appendText(b, `,"address":`, r.Address), '}'), nil
}

// AppendJSON appends the request to b.
func (r HTTPFetch) AppendJSON(b []byte) ([]byte, error) {
	b = member(append(b, '{'), `"method":`, r.Method)
	b = leanjson.AppendText(name(b, `"url":`), r.URL)
	if r.Headers != nil {
		b = leanjson.AppendTextMap(append(b, `,"headers":`...), r.Headers)
	}
	return append(member(b, `"body":`, r.Body), '}'), nil
}

// ParseJSON reads the answer. Its texts lie in the document.
func (a *UserIdentified) ParseJSON(document []byte) error {
	p := leanjson.Parse(document)
	f := p.Open([]string{"subject"}, false)
	for f.Next(&p) >= 0 {
		a.Subject.read(&p)
	}
	return p.End()
}

// ParseJSON reads the answer.
func (a *Verified) ParseJSON(document []byte) error {
	p := leanjson.Parse(document)
	f := p.Open([]string{"ok", "change", "retry_after"}, false)
	for i := f.Next(&p); i >= 0; i = f.Next(&p) {
		switch i {
		case 0:
			a.OK = p.Bool()
		case 1:
			a.Change = p.Bool()
		case 2:
			a.RetryAfter = p.Int(64)
		}
	}
	return p.End()
}

// ParseJSON reads the answer. Its text lies in the document.
func (a *PasswordChosen) ParseJSON(document []byte) error {
	p := leanjson.Parse(document)
	f := p.Open([]string{"ok", "reason"}, false)
	for i := f.Next(&p); i >= 0; i = f.Next(&p) {
		if i == 0 {
			a.OK = p.Bool()
		} else {
			a.Reason = PasswordFault(p.Text())
		}
	}
	return p.End()
}

// ParseJSON reads the answer, which says nothing.
func (*Nothing) ParseJSON(document []byte) error {
	p := leanjson.Parse(document)
	f := p.Open(nil, false)
	for f.Next(&p) >= 0 {
	}
	return p.End()
}

// ParseJSON reads the answer.
func (a *UserFactors) ParseJSON(document []byte) error {
	p := leanjson.Parse(document)
	f := p.Open([]string{"password", "passkeys", "totp", "recovery_codes", "phone", "email"}, false)
	for i := f.Next(&p); i >= 0; i = f.Next(&p) {
		switch i {
		case 0:
			a.Password = p.Bool()
		case 1:
			a.Passkeys = int(p.Int(64))
		case 2:
			a.TOTP = int(p.Int(64))
		case 3:
			a.RecoveryCodes = int(p.Int(64))
		case 4:
			a.Phone = p.Bool()
		case 5:
			a.Email = p.Bool()
		}
	}
	return p.End()
}

// ParseJSON reads the answer.
func (a *RecoveryVerified) ParseJSON(document []byte) error {
	p := leanjson.Parse(document)
	f := p.Open([]string{"ok", "retry_after", "left"}, false)
	for i := f.Next(&p); i >= 0; i = f.Next(&p) {
		switch i {
		case 0:
			a.OK = p.Bool()
		case 1:
			a.RetryAfter = p.Int(64)
		case 2:
			a.Left = int(p.Int(64))
		}
	}
	return p.End()
}

// ParseJSON reads the answer. Its text lies in the document.
func (a *OTPSent) ParseJSON(document []byte) error {
	p := leanjson.Parse(document)
	f := p.Open([]string{"to", "retry_after"}, false)
	for i := f.Next(&p); i >= 0; i = f.Next(&p) {
		if i == 0 {
			a.To = p.Text()
		} else {
			a.RetryAfter = p.Int(64)
		}
	}
	return p.End()
}

// ParseJSON reads the answer. Its texts lie in the document.
func (a *HTTPFetched) ParseJSON(document []byte) error {
	p := leanjson.Parse(document)
	f := p.Open([]string{"status", "headers", "body"}, false)
	for i := f.Next(&p); i >= 0; i = f.Next(&p) {
		switch i {
		case 0:
			a.Status = int(p.Int(64))
		case 1:
			a.Headers = p.TextMap()
		case 2:
			a.Body = p.Text()
		}
	}
	return p.End()
}
