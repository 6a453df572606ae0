// Command canary is a canary of the isolation between two calls: package guests says
// what it does.
package main

import (
	crand "crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

type config struct{ Do, Secret, Needle string }

type report struct {
	Found   int    `json:"found"`
	Random  string `json:"random"`
	Random2 string `json:"random2"` // of math/rand/v2, which Go seeds when the guest starts
	Clock   int64  `json:"clock"`
	Closed  uint32 `json:"closed"`
}

func look(needle secret) report {
	random := make([]byte, size)
	_, _ = crand.Read(random) // never fails
	return report{
		Found:   count(needle),
		Random:  hex.EncodeToString(random),
		Random2: fmt.Sprintf("%016x%016x", rand.Uint64(), rand.Uint64()),
		Clock:   time.Now().UnixMilli(),
		Closed:  closed(),
	}
}

func answer(c config) (report, error) {
	switch {
	case c.Do == "write" && len(c.Secret) >= size:
		s := secret([]byte(c.Secret[:size]))
		write(s)
		return look(masked(s)), nil
	case c.Do == "look":
		needle, err := hex.DecodeString(c.Needle)
		if err != nil || len(needle) != size {
			return report{}, errors.New("the needle has to be 16 bytes in hexadecimal")
		}
		return look(secret(needle)), nil
	}
	return report{}, errors.New("what is to be done? write or look")
}

//go:wasmexport acrhost_step_v1
func run() int32 {
	var in struct{ Config config }
	if err := json.Unmarshal(input(), &in); err != nil {
		return 1
	}
	r, err := answer(in.Config)
	if err != nil {
		return 1
	}
	document, err := json.Marshal(map[string]any{"outcome": "ok", "vars": r})
	if err != nil {
		return 1
	}
	output(document)
	return 0
}

func main() {}
