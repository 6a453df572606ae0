package config

import (
	"time"

	"github.com/acrhost/acrhost/host/decrypt"
)

// shortestPublish is the least time for which a key is known before it signs: clients and
// proxies keep the key set for five minutes without asking, and hosts read the keys
// several times a minute.
const shortestPublish = 10 * time.Minute

// keys reads how signing keys take turns.
func (r *reader) keys(t *table, k *Keys) {
	if t = t.sub("keys"); t == nil {
		return
	}
	defer t.close()
	t.duration("rotate_every", &k.RotateEvery)
	t.duration("publish_before", &k.PublishBefore)
	r.decrypt(t, k)
	switch {
	case k.PublishBefore < shortestPublish:
		r.fault(t.pos("publish_before"), `publish_before = "24h"`, "publish_before in %s is %s, at least 10m is needed: clients keep the key set", t.name, k.PublishBefore)
	case k.RotateEvery > 0 && k.RotateEvery < k.PublishBefore:
		r.fault(t.pos("rotate_every"), `rotate_every = "90d"`, "rotate_every in %s is %s, less than publish_before, %s", t.name, k.RotateEvery, k.PublishBefore)
	}
}

// decrypt reads the private keys for what clients encrypt.
func (r *reader) decrypt(t *table, k *Keys) {
	var path string
	t.path("decrypt_file", &path)
	if path == "" {
		return
	}
	const hint = "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 makes a key"
	text, mode, err := r.readPrivate(path, decrypt.MaxFile)
	if err != nil {
		r.fault(t.pos("decrypt_file"), "", "decrypt_file in %s: %s can't be read: %v", t.name, quoted(path), reason(err))
		return
	}
	if mode.Perm()&0o077 != 0 {
		r.fault(t.pos("decrypt_file"), "chmod 600 "+path, "decrypt_file in %s: %s has mode %04o: others may read the keys", t.name, quoted(path), mode.Perm())
	}
	if k.Decrypt, err = decrypt.Parse(text); err != nil {
		r.fault(t.pos("decrypt_file"), hint, "decrypt_file in %s: %v", t.name, err)
	}
}

// signingAlgs are what the provider signs with: those of token.Algs. The first stands for
// what a key's absence means.
func signingAlgs() []string { return []string{"RS256", "PS256", "ES256", "EdDSA"} }
