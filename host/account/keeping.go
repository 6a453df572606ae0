package account

import (
	"errors"
	"fmt"
	"strings"

	"github.com/acrhost/acrhost/host/account/passhash"
)

// kindPassword is the kind of a credential whose data is a keeping.
const kindPassword = "password"

// changeMark stands before the hash of a password that has to be changed. No hash
// begins like that.
const changeMark = "change;"

// keeping is a password as it is stored: in one value, so that a password and that
// it has to be changed can't be written apart.
type keeping struct {
	hash   passhash.Hash
	change bool
}

func (k keeping) data() []byte {
	text := k.hash.String()
	if k.change {
		text = changeMark + text
	}
	return []byte(text)
}

// errDamaged: the text never holds the hash.
var errDamaged = errors.New("the stored password can't be read")

func parseKeeping(data []byte) (keeping, error) {
	text, change := strings.CutPrefix(string(data), changeMark)
	h, err := passhash.Parse(text)
	if err != nil {
		return keeping{}, fmt.Errorf("%w: %w", errDamaged, err)
	}
	return keeping{hash: h, change: change}, nil
}
