package factor

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"github.com/acrhost/acrhost/host/acr"
	"github.com/acrhost/acrhost/host/store"
)

// The parameters of codes: those that every authenticator app knows (RFC 6238 1.2,
// 5.1 and 5.2; a secret of 160 bits as RFC 4226 4 recommends).
const (
	totpPeriod    = 30 * time.Second
	totpDrift     = 1 // periods before and after the clock's (RFC 6238 6)
	totpSecret    = 20
	totpDigits    = otp.DigitsSix
	totpAlgorithm = otp.AlgorithmSHA1
)

// totpCreate is the ceremony of adding an authenticator app.
const totpCreate = "totp_create"

// app is an authenticator app, as it is kept: sealed.
type app struct {
	Secret string `json:"secret"` // base32 without padding
	// Last is the period of the code that was taken last: none counts twice, and none
	// from before it (RFC 6238 5.2).
	Last uint64 `json:"last"`
}

// newApp is an app that is not confirmed yet.
type newApp struct {
	UserID string `json:"user_id"`
	Secret string `json:"secret"`
	URI    string `json:"uri"`
}

// BeginTOTP makes a secret for an authenticator app of a user. It counts once
// FinishTOTP took a code of it.
func (s *Service) BeginTOTP(ctx context.Context, run, userID string, evidence []acr.Evidence) error {
	if err := s.MayChange(ctx, userID, evidence); err != nil {
		return err
	}
	user, apps, err := s.owner(ctx, userID, TOTP)
	if err != nil {
		return err
	}
	if len(apps) >= MaxOfKind {
		return ErrTooMany
	}
	raw := make([]byte, totpSecret)
	_, _ = rand.Read(raw) // never fails, says crypto/rand
	secret := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw)
	return s.begin(ctx, run, totpCreate, newApp{UserID: userID, Secret: secret, URI: s.totpURI(user, secret)})
}

// totpURI is what an app reads from the QR code (Key URI Format of the
// authenticator apps).
func (s *Service) totpURI(user store.User, secret string) string {
	u := url.URL{Scheme: "otpauth", Host: "totp", Path: "/" + s.Name + ":" + user.Name}
	query := url.Values{"secret": {secret}, "issuer": {s.Name}}
	// Some apps read a plus as a plus.
	u.RawQuery = strings.ReplaceAll(query.Encode(), "+", "%20")
	return u.String()
}

// FinishTOTP keeps the new app when the code is its own. A wrong code is ErrRefused
// and leaves the secret on the page for another try, until that is too old: then it is
// ErrNotBegun.
func (s *Service) FinishTOTP(ctx context.Context, run, userID, code, name string, evidence []acr.Evidence) (Proof, error) {
	var begun newApp
	err := s.look(ctx, run, totpCreate, &begun)
	if errors.Is(err, store.ErrNotFound) || err == nil && begun.UserID != userID {
		return Proof{}, fmt.Errorf("%w: the user adds no app in this run", ErrNotBegun)
	}
	if err != nil {
		return Proof{}, err
	}
	if err := s.MayChange(ctx, userID, evidence); err != nil {
		return Proof{}, err
	}
	last, ok := app{Secret: begun.Secret}.accepts(code, s.Now())
	if !ok {
		return Proof{}, fmt.Errorf("%w: the code is not the new app's", ErrRefused)
	}
	// Of two confirmations at once one adds the app, and it is the app whose code that was.
	var taken newApp
	err = s.take(ctx, run, totpCreate, &taken)
	if errors.Is(err, store.ErrNotFound) || err == nil && taken != begun {
		return Proof{}, fmt.Errorf("%w: the app was added, or begun anew, at the same moment", ErrRefused)
	}
	if err != nil {
		return Proof{}, err
	}
	user, apps, err := s.owner(ctx, userID, TOTP)
	if err != nil {
		return Proof{}, err
	}
	c := store.Credential{ID: TOTP + ":" + rand.Text(), Kind: TOTP, Label: named(name, "Authenticator app")}
	if c.Data, err = s.sealApp(c.ID, app{Secret: begun.Secret, Last: last}); err != nil {
		return Proof{}, err
	}
	if err := s.add(ctx, user, c, len(apps)); err != nil {
		return Proof{}, err
	}
	return totpProof(user), nil
}

// VerifyTOTP checks a code of any of a user's apps, and takes it: ErrRefused for a
// wrong one and for one that was taken before, ErrNone for a user without an app.
func (s *Service) VerifyTOTP(ctx context.Context, userID, code string) (Proof, error) {
	user, apps, err := s.owner(ctx, userID, TOTP)
	if err != nil {
		return Proof{}, err
	}
	if len(apps) == 0 {
		return Proof{}, ErrNone
	}
	for _, c := range apps {
		a, err := s.openApp(c)
		if err != nil {
			return Proof{}, err
		}
		last, ok := a.accepts(code, s.Now())
		if !ok {
			continue
		}
		a.Last = last
		if c.Data, err = s.sealApp(c.ID, a); err != nil {
			return Proof{}, err
		}
		c.LastUsedAt = s.Now().UTC()
		_, err = s.Users.PutCredential(ctx, c)
		if errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotFound) {
			return Proof{}, fmt.Errorf("%w: the app was used or removed at the same moment", ErrRefused)
		}
		if err != nil {
			return Proof{}, fmt.Errorf("take the code: %w", err)
		}
		return totpProof(user), nil
	}
	return Proof{}, fmt.Errorf("%w: the code is none of the user's apps', or was used before", ErrRefused)
}

// totpProof: RFC 8176 calls a code of an app otp.
func totpProof(user store.User) Proof { return Proof{User: user, AMR: []string{"otp"}} }

// accepts finds the period that a code is of, within the drift and after the last
// one that was taken. All are compared, so that the time says nothing.
func (a app) accepts(code string, now time.Time) (period uint64, ok bool) {
	code = strings.NewReplacer(" ", "", "-", "").Replace(code)
	current := uint64(now.Unix()) / uint64(totpPeriod/time.Second)
	for p := current - totpDrift; p <= current+totpDrift; p++ {
		want, err := hotp.GenerateCodeCustom(a.Secret, p, hotp.ValidateOpts{Digits: totpDigits, Algorithm: totpAlgorithm})
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 && p > a.Last {
			period, ok = p, true
		}
	}
	return period, ok
}

func (s *Service) sealApp(id string, a app) ([]byte, error) {
	plain, err := json.Marshal(a)
	if err != nil {
		return nil, fmt.Errorf("encode authenticator app: %w", err)
	}
	return s.Sealer.Seal(TOTP, id, plain), nil
}

func (s *Service) openApp(c store.Credential) (app, error) {
	var a app
	plain, err := s.Sealer.Open(TOTP, c.ID, c.Data)
	if err != nil {
		return a, fmt.Errorf("open authenticator app: %w", err)
	}
	if err := json.Unmarshal(plain, &a); err != nil {
		return a, errors.New("decode authenticator app: damaged") // the error's text could quote the secret
	}
	return a, nil
}
