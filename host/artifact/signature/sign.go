package signature

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/lestrrat-go/jwx/v2/jws"
)

// Sign makes the signature of a module, which holds from now for as long as lasts says: a
// compact JWS.
func (k *Key) Sign(of Subject, now time.Time, lasts time.Duration) ([]byte, error) {
	if lasts <= 0 {
		return nil, errors.New("a signature must last for some time")
	}
	payload, err := json.Marshal(Statement{
		Name: of.Name, Version: of.Version, Digest: of.Digest, IssuedAt: now.Unix(), Expires: now.Add(lasts).Unix(),
	})
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	h := jws.NewHeaders()
	if err := errors.Join(h.Set(jws.TypeKey, Type), h.Set(jws.KeyIDKey, k.ID())); err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	compact, err := jws.Sign(payload, jws.WithKey(k.alg, k.raw, jws.WithProtectedHeaders(h)))
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return compact, nil
}
