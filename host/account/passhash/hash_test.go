package passhash_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/account/passhash"
)

const password = "correct horse"

// foreign are hashes of password by others: argon2-cffi, passlib and Django.
func foreign() map[string]string {
	return map[string]string{
		"argon2id":      "$argon2id$v=19$m=64,t=2,p=2$hPiX4rCwXE6SCQJGqGC0Pg$VcSr5MLWrQ62mbRZ/sSpzC5a5qTOI58/3g41qUIDUA4",
		"argon2i":       "$argon2i$v=19$m=64,t=2,p=2$I8AKFhMWVVS4r9+ikr7+UA$+pSydgi+gjH//0F9aJTxYyFp+xxzqyLFP+MsbVfi0eQ",
		"bcrypt 2a":     "$2a$04$KhVPqnmWbiP4Y6nOLZXMN.ylYbUQYcrJ3AT4e0dIttBLFqS.lvQKq",
		"bcrypt 2b":     "$2b$04$SYODUlilFvQ963FcRxuIROfpzCqTq0j5gb0rTc2JSBdq/4SQhonRq",
		"bcrypt 2y":     "$2y$04$uy8KSPGc9h.G1na1tyvJiOFZFeRErBpeZemxyGKzO4C6QdLQZ8XDa",
		"scrypt":        "$scrypt$ln=4,r=8,p=2$UgphrNW6V4qxlnLuvdc65w$+rBlKVHdxqigP4xVqaOHpiPib3uDfnKZBHAAJyCu19U",
		"pbkdf2-sha256": "$pbkdf2-sha256$1000$2puTMoZQSqk1hnBuDYHwfg$lc7SXe.YpHqHLX8QEBqC5ivg4OCD3LE66SdWBw/KfjU",
		"pbkdf2-sha512": "$pbkdf2-sha512$1000$XOvdm5Py3huDUMrZO0eo1Q$rjcXJ8Spwk.Mrt7rh6JokQOXYpfY8mluizRaBWnQmIA63iTDepcpEHwvtnZ2FLumlrjAA8q7FrNLNSqpHLwe2g",
		"pbkdf2_sha256": "pbkdf2_sha256$1000$sodiumChlorid$YAHbv+FL3muCT6k3IpmG2maTCamqBcjjXMhwj8u31/w=",
	}
}

func TestHashesOfOtherSystems(t *testing.T) {
	for name, text := range foreign() {
		t.Run(name, func(t *testing.T) {
			h, err := passhash.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			if h.String() != text {
				t.Errorf("written as %q", h)
			}
			if !h.Matches([]byte(password)) || h.Matches([]byte(password+" ")) || h.Matches(nil) {
				t.Error("it is not the hash of the password, or of others too")
			}
			if passhash.Current(h, passhash.Cost{MemoryKiB: 64, Iterations: 2}) {
				t.Error("it counts as one of ours")
			}
		})
	}
}

func TestOwnHash(t *testing.T) {
	cost := passhash.Cost{MemoryKiB: 8, Iterations: 1}
	h := passhash.New(cost, []byte(password))
	if !h.Matches([]byte(password)) || h.Matches([]byte("another")) || passhash.Nobody(cost).Matches([]byte(password)) {
		t.Error("it is not the hash of the password, or of others too")
	}
	if h.String() == passhash.New(cost, []byte(password)).String() {
		t.Error("two hashes have one salt")
	}
	read, err := passhash.Parse(h.String())
	if err != nil || !passhash.Current(read, cost) || passhash.Current(read, passhash.Cost{MemoryKiB: 8, Iterations: 2}) {
		t.Errorf("read as %v, %v", read, err)
	}
	if !strings.HasPrefix(h.String(), "$argon2id$v=19$m=8,t=1,p=1$") {
		t.Errorf("written as %q", h)
	}
}

// bcrypt reads 72 bytes: what comes behind them is not known, and must not be taken
// for a part of the password.
func TestBcryptCoversWhatItReads(t *testing.T) {
	h, err := passhash.Parse("$2b$04$eAWtfQq7G/sqK7PDvCZaf.dZf8XD9m1xSqhFbDXMdGRlYSvTNLYH2") // of 80 x
	if err != nil {
		t.Fatal(err)
	}
	long, other := []byte(strings.Repeat("x", 80)), []byte(strings.Repeat("x", 72)+"something else")
	if !h.Matches(long) || !h.Matches(other) {
		t.Error("the password does not match as it does elsewhere")
	}
	if h.Covers(long) || h.Covers(other) || !h.Covers(long[:72]) {
		t.Error("a match speaks for what was not read")
	}
}

// What a row of the database may cost is bounded, whatever it says.
func TestMemoryOfHashes(t *testing.T) {
	for text, want := range map[string]uint32{
		replace("argon2id", "m=64", "m=19456"):                    19456,
		replace("scrypt", "ln=4,r=8,p=2", "ln=16,r=8,p=1"):        64 << 10,
		replace("scrypt", "ln=4,r=8,p=2", "ln=20,r=8,p=1"):        1 << 20,
		replace("scrypt", "ln=4,r=8,p=2", "ln=1,r=1,p=1"):         1,
		replace("argon2id", "m=64,t=2,p=2", "m=1048576,t=4,p=16"): 1 << 20,
	} {
		h, err := passhash.Parse(text)
		if err != nil || h.MemoryKiB() != want {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func replace(name, old, new string) string { return strings.Replace(foreign()[name], old, new, 1) }

func TestParseRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"empty":                        "",
		"a password":                   "correct horse battery staple",
		"another scheme":               "$1$salt$5fcQdRTnhcFLhHeyTzUzA1",
		"argon2d":                      replace("argon2id", "argon2id", "argon2d"),
		"an old version of argon2":     replace("argon2id", "v=19", "v=16"),
		"no version":                   replace("argon2id", "$v=19", ""),
		"all the memory":               replace("argon2id", "m=64", "m=4294967295"),
		"more memory than a number":    replace("argon2id", "m=64", "m=99999999999999999999999"),
		"no memory":                    replace("argon2id", "m=64", "m=0"),
		"argon2 for ever":              replace("argon2id", "t=2", "t=4294967295"),
		"argon2 never":                 replace("argon2id", "t=2", "t=0"),
		"argon2, large and often":      replace("argon2id", "m=64,t=2", "m=1048576,t=5"),
		"many threads":                 replace("argon2id", "p=2", "p=255"),
		"memory for none":              replace("argon2id", "m=64,t=2,p=2", "m=8,t=2,p=2"),
		"a leading zero":               replace("argon2id", "t=2", "t=02"),
		"a sign":                       replace("argon2id", "t=2", "t=+2"),
		"another order":                replace("argon2id", "m=64,t=2", "t=2,m=64"),
		"a parameter more":             replace("argon2id", "p=2", "p=2,keyid=x"),
		"a short salt":                 replace("argon2id", "hPiX4rCwXE6SCQJGqGC0Pg", "c2FsdA"),
		"no sum":                       "$argon2id$v=19$m=64,t=2,p=2$hPiX4rCwXE6SCQJGqGC0Pg$",
		"padding":                      foreign()["argon2id"] + "=",
		"a line end":                   replace("argon2id", "hPiX", "hPi\nX"),
		"bits that are lost":           replace("argon2id", "C0Pg$", "C0Ph$"),
		"something behind":             foreign()["argon2id"] + "$x",
		"endless":                      foreign()["argon2id"] + strings.Repeat("A", 1<<16),
		"bcrypt for hours":             replace("bcrypt 2b", "$04", "$31"),
		"bcrypt for nothing":           replace("bcrypt 2b", "$04", "$03"),
		"bcrypt with one digit":        replace("bcrypt 2b", "$04", "$4"),
		"the broken bcrypt":            replace("bcrypt 2b", "$2b", "$2x"),
		"short bcrypt":                 foreign()["bcrypt 2b"][:59],
		"long bcrypt":                  foreign()["bcrypt 2b"] + ".",
		"bcrypt of other characters":   replace("bcrypt 2b", "SYOD", "S=OD"),
		"scrypt with all the memory":   replace("scrypt", "ln=4", "ln=31"),
		"scrypt with too much of it":   replace("scrypt", "ln=4,r=8", "ln=20,r=9"),
		"scrypt too often":             replace("scrypt", "ln=4,r=8,p=2", "ln=20,r=8,p=2"),
		"scrypt with ln=0":             replace("scrypt", "ln=4", "ln=0"),
		"scrypt that overflows":        replace("scrypt", "r=8", "r=18446744073709551615"),
		"PBKDF2 for ever":              replace("pbkdf2-sha256", "1000", "4294967295"),
		"PBKDF2 without rounds":        replace("pbkdf2-sha256", "1000", "0"),
		"PBKDF2 with a short sum":      replace("pbkdf2-sha256", "lc7S", ""),
		"PBKDF2 with a + in base64":    replace("pbkdf2-sha256", "Xe.Y", "Xe+Y"),
		"PBKDF2-SHA1":                  replace("pbkdf2-sha256", "-sha256", ""),
		"Django without a salt":        replace("pbkdf2_sha256", "sodiumChlorid", ""),
		"Django with control bytes":    replace("pbkdf2_sha256", "sodium", "\x00\x00\x00\x00\x00\x00"),
		"Django without padding":       strings.TrimRight(foreign()["pbkdf2_sha256"], "="),
		"Django with rounds for hours": replace("pbkdf2_sha256", "1000", "99999999"),
	} {
		h, err := passhash.Parse(text)
		if err == nil {
			t.Errorf("%s: %q was read as %q", name, text, h)
			continue
		}
		if !errors.Is(err, passhash.ErrHash) {
			t.Errorf("%s: %v", name, err)
		}
		for _, secret := range []string{"hPiX", "VcSr", "5fcQ", "horse", "SYOD", "UgphrNW6", "2puTMo", "sodium"} {
			if strings.Contains(err.Error(), secret) {
				t.Errorf("%s: the error repeats the hash: %v", name, err)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range foreign() {
		f.Add(text)
	}
	f.Add("$argon2id$v=19$m=8,t=1,p=1$$")
	f.Fuzz(func(t *testing.T, text string) {
		h, err := passhash.Parse(text)
		if err != nil {
			return
		}
		// Each hash has one text, and none costs more than a host can give.
		if h.String() != text || h.MemoryKiB() > passhash.MaxMemoryKiB || h.MemoryKiB() == 0 {
			t.Errorf("%q was read as %q, with %d KiB", text, h, h.MemoryKiB())
		}
	})
}

func TestCost(t *testing.T) {
	if c := (passhash.Cost{}).OrDefault(); c.MemoryKiB != 19456 || c.Iterations != 2 || c.Check() != nil {
		t.Errorf("the default is %+v", c)
	}
	for _, c := range []passhash.Cost{{MemoryKiB: 7, Iterations: 1}, {MemoryKiB: 1<<20 + 1, Iterations: 1}, {MemoryKiB: 8}, {MemoryKiB: 8, Iterations: 65}, {MemoryKiB: 1 << 20, Iterations: 5}} {
		if c.Check() == nil {
			t.Errorf("%+v was accepted", c)
		}
	}
}

// BenchmarkDefault is what README states of a password.
func BenchmarkDefault(b *testing.B) {
	cost := passhash.Cost{}.OrDefault()
	b.ReportAllocs()
	for b.Loop() {
		passhash.New(cost, []byte(password))
	}
}

// BenchmarkDefaultAtOnce is the same on all processors.
func BenchmarkDefaultAtOnce(b *testing.B) {
	cost := passhash.Cost{}.OrDefault()
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			passhash.New(cost, []byte(password))
		}
	})
}
