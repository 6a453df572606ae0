package account_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/account"
	"github.com/acrhost/acrhost/host/account/passhash"
)

// imported are hashes of password by other systems.
func imported() map[string]string {
	return map[string]string{
		"argon2id": "$argon2id$v=19$m=64,t=2,p=2$hPiX4rCwXE6SCQJGqGC0Pg$VcSr5MLWrQ62mbRZ/sSpzC5a5qTOI58/3g41qUIDUA4",
		"argon2i":  "$argon2i$v=19$m=64,t=2,p=2$I8AKFhMWVVS4r9+ikr7+UA$+pSydgi+gjH//0F9aJTxYyFp+xxzqyLFP+MsbVfi0eQ",
		"bcrypt":   "$2b$04$SYODUlilFvQ963FcRxuIROfpzCqTq0j5gb0rTc2JSBdq/4SQhonRq",
		"scrypt":   "$scrypt$ln=4,r=8,p=2$UgphrNW6V4qxlnLuvdc65w$+rBlKVHdxqigP4xVqaOHpiPib3uDfnKZBHAAJyCu19U",
		"passlib":  "$pbkdf2-sha512$1000$XOvdm5Py3huDUMrZO0eo1Q$rjcXJ8Spwk.Mrt7rh6JokQOXYpfY8mluizRaBWnQmIA63iTDepcpEHwvtnZ2FLumlrjAA8q7FrNLNSqpHLwe2g",
		"django":   "pbkdf2_sha256$1000$sodiumChlorid$YAHbv+FL3muCT6k3IpmG2maTCamqBcjjXMhwj8u31/w=",
	}
}

// An imported user logs in with the password that they had, once by the old hash.
func TestImportedHashIsRenewedAtTheFirstLogin(t *testing.T) {
	for name, hash := range imported() {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			u, err := f.Create(t.Context(), account.NewUser{Name: "alice", PasswordHash: hash})
			if err != nil {
				t.Fatal(err)
			}
			if f.can(t, "alice", "wrong password") || f.stored(t, u.ID) != hash {
				t.Error("a wrong password was accepted, or renewed the hash")
			}
			if !f.can(t, "alice", password) {
				t.Fatal("the password is not accepted")
			}
			renewed := f.stored(t, u.ID)
			if !strings.HasPrefix(renewed, "$argon2id$v=19$m=8,t=1,p=1$") {
				t.Errorf("stored %q", renewed)
			}
			if !f.can(t, "alice", password) || f.stored(t, u.ID) != renewed {
				t.Error("the renewed hash is not accepted, or was renewed again")
			}
		})
	}
}

func TestImportRefusesWhatCouldTakeTheHostDown(t *testing.T) {
	f := newFixture(t)
	for _, hash := range []string{"$2b$31" + imported()["bcrypt"][6:], strings.Replace(imported()["scrypt"], "ln=4", "ln=30", 1), "secret"} {
		_, err := f.Create(t.Context(), account.NewUser{Name: "alice", PasswordHash: hash})
		if !errors.Is(err, passhash.ErrHash) || account.CheckPasswordHash(hash) == nil {
			t.Errorf("%s: %v", hash, err)
		}
	}
	if _, err := f.Create(t.Context(), account.NewUser{Name: "alice", Password: password, PasswordHash: imported()["bcrypt"]}); err == nil {
		t.Error("a password and a hash were accepted together")
	}
}

// The attack: bcrypt ends after 72 bytes, so that who knows these could have the hash
// renewed with another end, which would lock the user out.
func TestBcryptIsNotRenewedByTheBeginningOfAPassword(t *testing.T) {
	const hash = "$2b$04$eAWtfQq7G/sqK7PDvCZaf.dZf8XD9m1xSqhFbDXMdGRlYSvTNLYH2" // of 80 x
	f := newFixture(t)
	u, err := f.Create(t.Context(), account.NewUser{Name: "alice", PasswordHash: hash})
	if err != nil {
		t.Fatal(err)
	}
	if !f.can(t, "alice", strings.Repeat("x", 72)+"another end") || f.stored(t, u.ID) != hash {
		t.Error("the hash was renewed")
	}
	if !f.can(t, "alice", strings.Repeat("x", 80)) {
		t.Error("the user is locked out")
	}
}

// The attack: measure who was imported. Once an imported hash was seen, half of the
// names that don't exist take its work, and always the same half.
func TestUnknownNamesLookLikeImportedOnes(t *testing.T) {
	memory := map[uint32]int{}
	f := newFixture(t, func(c *account.Config) { c.Parallel, c.Hashed = 1, func(kib uint32) { memory[kib]++ } })
	if _, err := f.Create(t.Context(), account.NewUser{Name: "imported", PasswordHash: imported()["argon2id"]}); err != nil {
		t.Fatal(err)
	}
	if f.can(t, "imported", "wrong password") {
		t.Fatal("signed in")
	}
	like := func() (all string) {
		for name := range strings.SplitSeq("abcdefghijklmnopqrstuvwxyz", "") {
			clear(memory)
			if f.can(t, name, password) {
				t.Errorf("%s signed in with the imported user's password", name)
			}
			if memory[64] == 1 {
				all += name
			} else if memory[8] != 1 {
				t.Errorf("%s took %v", name, memory)
			}
		}
		return all
	}
	first := like()
	if len(first) < 3 || len(first) > 23 || like() != first {
		t.Errorf("like an imported user are %q, then %q", first, like())
	}
}
