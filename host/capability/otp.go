package capability

import (
	"crypto/hmac"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"math/big"
	"time"

	"github.com/acrhost/acrhost/host/store"
)

// The rules of one-time codes.
const (
	minDigits, maxDigits, defaultDigits = 6, 10, 6

	minTTL     = 30 * time.Second
	maxTTL     = 10 * time.Minute // NIST SP 800-63B-4 3.1.3.2: such a code is valid for at most 10 minutes
	defaultTTL = 5 * time.Minute

	maxTries = 5 // for one code

	resendPause  = 30 * time.Second
	maxSends     = 5 // for one run and channel, within sendsWindow
	sendsWindow  = time.Hour
	maxTextBytes = 1000
)

// otp is a code that was sent, as it is stored. It is bound to its run, channel
// and subject: by the record's id, and again by what is hashed.
type otp struct {
	Subject string    `json:"subject"`
	Salt    []byte    `json:"salt"`
	Hash    []byte    `json:"hash"`
	Tries   int       `json:"tries"`
	Expires time.Time `json:"expires"`
}

// otpID is the id of the one code that a run has out by a channel.
func otpID(run, channel string) string { return run + ":" + channel }

// newCode draws a code, each as likely as any other.
func newCode(digits int) (string, error) {
	bound := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)), nil)
	n, err := rand.Int(rand.Reader, bound)
	if err != nil {
		return "", fmt.Errorf("draw a code: %w", err)
	}
	return fmt.Sprintf("%0*d", digits, n), nil
}

// seal makes the stored form of a code. The hash is keyed: who reads the database has
// a million codes to try and nothing to try them against.
func (s *Set) seal(code, id, subject string, expires time.Time) otp {
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails, says crypto/rand
	return otp{Subject: subject, Salt: salt, Hash: s.codeHash(salt, id, subject, code), Expires: expires}
}

// matches says whether this is the code, in constant time.
func (s *Set) matches(o otp, code, id, subject string) bool {
	return hmac.Equal(o.Hash, s.codeHash(o.Salt, id, subject, code)) && o.Subject == subject
}

func (s *Set) codeHash(salt []byte, id, subject, code string) []byte {
	// The lengths keep two different ones from running into one text.
	return s.Factors.Sealer.MAC("otp", id, fmt.Appendf(nil, "%x%d:%s%s", salt, len(subject), subject, code))
}

// otpRecord is the code as a record of its run.
func otpRecord(id, run string, version int64, o otp) (store.Record, error) {
	data, err := json.Marshal(o)
	if err != nil {
		return store.Record{}, fmt.Errorf("encode one-time code: %w", err)
	}
	return store.Record{Kind: store.OneTime, ID: id, Group: run, Data: data, Version: version, ExpiresAt: o.Expires}, nil
}

func otpOf(r store.Record) (otp, error) {
	var o otp
	if err := store.Decode(r.Data, &o); err != nil {
		return otp{}, fmt.Errorf("decode one-time code: %w", err)
	}
	return o, nil
}
