package host

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/acrhost/acrhost/host/artifact"
	"github.com/acrhost/acrhost/host/artifact/lock"
	"github.com/acrhost/acrhost/host/artifact/shelf"
	"github.com/acrhost/acrhost/host/artifact/signature"
	"github.com/acrhost/acrhost/host/artifact/source"
	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/journey"
	"github.com/acrhost/acrhost/host/plugin"
)

// trust decides which modules may be loaded: those that are pinned, by the configuration,
// the lock or this program's build, and signed by somebody whom the operator named.
type trust struct {
	cfg      *config.Config
	locked   map[string]lock.Entry
	standard string // digest
	client   *source.Client
	shelf    shelf.Shelf
	keyring  source.Keyring
	now      func() time.Time
	log      *slog.Logger
	trace    bool // for who develops a plugin
}

func newTrust(cfg *config.Config, o Options) (*trust, config.Faults) {
	t := &trust{
		cfg: cfg, standard: o.StandardDigest, client: &source.Client{}, shelf: shelf.In(cfg.CacheDir),
		keyring: source.Keyring{Now: o.Now}, now: o.Now, log: o.Log, trace: o.Development,
	}
	if t.now == nil {
		t.now = time.Now
	}
	if t.log == nil {
		t.log = slog.New(slog.DiscardHandler)
	}
	if cfg.CacheDir != "" {
		t.keyring.Dir = filepath.Join(cfg.CacheDir, "signers")
	}
	f, err := lock.Read(cfg.LockFile)
	if err != nil {
		return t, config.Faults{{Pos: journey.Pos{File: cfg.LockFile, Line: 1}, Message: err.Error(), Hint: `put back the one that "acrhost plugin lock" wrote, or remove it and lock again`}}
	}
	t.locked = f.Plugins
	return t, nil
}

// relock is what to do about a lock that doesn't fit.
const relock = `if that is what you want, grant it and run "acrhost plugin lock"`

// refuse is a fault of a plugin, with what to do about it.
func refuse(p config.Plugin, hint, format string, args ...any) error {
	return &plugin.RefusedError{Plugin: p.Name, Reason: fmt.Sprintf(format, args...), Hint: hint}
}

// candidate is a module that somebody may vouch for.
type candidate struct {
	wasm       []byte
	digest     string
	artifact   string // digest of its OCI manifest
	signatures [][]byte
	passedOver []error // why others were not taken for signatures
}

func newCandidate(f *source.Fetched) candidate {
	return candidate{f.Wasm, plugin.Digest(f.Wasm), f.Artifact, f.Signatures, f.PassedOver}
}

// obtain gives a module once its digest and its signature were verified.
func (t *trust) obtain(ctx context.Context, p config.Plugin) (candidate, error) {
	if err := t.pinned(ctx, p); err != nil {
		return candidate{}, err
	}
	f, err := t.read(ctx, p)
	if err != nil {
		return candidate{}, err
	}
	c := newCandidate(f)
	if err := t.checkDigest(p, c); err != nil {
		return candidate{}, err
	}
	v, jws, err := t.verify(ctx, p, c)
	if err != nil {
		return candidate{}, err
	}
	if err := t.unedited(p, c, v, jws); err != nil {
		return candidate{}, err
	}
	if v.Signer != "" {
		t.log.InfoContext(ctx, "plugin signed", "plugin", p.Name, "digest", c.digest, "signer", v.Signer, "kid", v.KeyID)
	}
	return c, nil
}

// entry is what is locked of a plugin. One that may be anything is not held to the lock.
func (t *trust) entry(p config.Plugin) (lock.Entry, bool) {
	e, ok := t.locked[p.Name]
	return e, ok && !p.InsecureAllowUnpinned
}

// pinned refuses a plugin of which nobody said what it must be.
func (t *trust) pinned(ctx context.Context, p config.Plugin) error {
	e, locked := t.entry(p)
	switch {
	case locked && e.Source != p.Source:
		return refuse(p, relock, "its source is %s, %s pins %s%s", cmp.Or(p.Source, p.Path), lock.Name, cmp.Or(e.Source, "a file"), t.explain(ctx, p, e))
	case locked, p.Source == "" && (p.Digest != "" || p.InsecureAllowUnpinned):
		return nil
	case p.Source != "":
		return refuse(p, `run "acrhost plugin lock": it finds out what the source holds now, verifies it and pins it`, "its source is not in %s", lock.Name)
	case p.Name != Standard:
		return refuse(p, `digest = "sha256:…", as sha256sum prints it, or run "acrhost plugin lock", or insecure_allow_unpinned = true`, "it has no digest")
	case t.standard == "":
		return refuse(p, `build acrhost with make, which links in the standard plugin's digest, or write digest = "sha256:…"`, "it has no digest")
	}
	return nil
}

// read finds the module: in its file, or by its locked digest on the shelf or at its source.
func (t *trust) read(ctx context.Context, p config.Plugin) (*source.Fetched, error) {
	e, locked := t.entry(p)
	if p.Source == "" {
		f, err := source.ReadFile(p.Path)
		if err != nil {
			return nil, refuse(p, pathHint(p), "%v", err)
		}
		if locked && e.Signature != "" {
			f.Signatures = append(f.Signatures, []byte(e.Signature))
		}
		return f, nil
	}
	wasm, err := t.shelf.Get(e.Digest)
	if err == nil && wasm == nil {
		wasm, err = t.fetchLocked(ctx, p, e)
	}
	if err != nil {
		return nil, refuse(p, `the source must be reachable once; "acrhost plugin load" takes a file instead`, "%v", err)
	}
	f := &source.Fetched{Wasm: wasm}
	if e.Signature != "" {
		f.Signatures = [][]byte{[]byte(e.Signature)}
	}
	return f, nil
}

// checkDigest holds a module to all that pins it.
func (t *trust) checkDigest(p config.Plugin, c candidate) error {
	got := c.digest
	e, locked := t.entry(p)
	switch {
	case p.Digest != "" && p.Digest != got:
		return refuse(p, "if you meant to change the module, pin the new digest", "its digest is %s, expected %s", got, p.Digest)
	case locked && e.Digest != got:
		return refuse(p, relock, "its digest is %s, %s pins %s%s", got, lock.Name, e.Digest, compared(e, c.wasm))
	case p.Digest == "" && !locked && !p.InsecureAllowUnpinned && got != t.standard:
		return refuse(p, "if you meant to change the module, pin the new digest", "its digest is %s, expected %s", got, t.standard)
	}
	return nil
}

// builtIn says whether a module is the one that this program was built with, which is as
// good as a signature: whoever could change the one could change the other.
func (t *trust) builtIn(p config.Plugin, c candidate) bool {
	return p.Name == Standard && c.digest == t.standard
}

// packed says whether a module must carry its manifest: when somebody vouches for it, or
// the operator didn't say in words that nobody has to.
func (t *trust) packed(p config.Plugin, c candidate) bool {
	return len(p.Signers) > 0 || !p.InsecureAllowUnpinned && !p.InsecureAllowUnsigned && !t.builtIn(p, c)
}

// verify finds the signature of a signer that the operator named.
func (t *trust) verify(ctx context.Context, p config.Plugin, c candidate) (signature.Verified, []byte, error) {
	if len(p.Signers) == 0 {
		if p.InsecureAllowUnsigned || p.InsecureAllowUnpinned || t.builtIn(p, c) {
			return signature.Verified{}, nil, nil
		}
		return signature.Verified{}, nil, refuse(p, `name signers, or write insecure_allow_unsigned = true`, "it isn't the standard plugin that this acrhost was built with, and names no signers")
	}
	m, err := artifact.Manifest(c.wasm)
	if err != nil {
		return signature.Verified{}, nil, refuse(p, packHint(err), "%v", err)
	}
	of := signature.Subject{Name: m.Name, Version: m.Version, Digest: c.digest}
	v, jws, err := t.verifyBy(ctx, p, of, c.signatures, false)
	if failed, ok := errors.AsType[*signature.Error](err); ok && failed.Check == signature.WrongSigner && t.published(p) {
		v, jws, err = t.verifyBy(ctx, p, of, c.signatures, true)
	}
	if err != nil {
		return v, nil, refuse(p, "ask its vendor for a signature of this very file", "signature: %s", oneLine(errors.Join(append([]error{err}, c.passedOver...)...)))
	}
	return v, jws, nil
}

func (t *trust) verifyBy(ctx context.Context, p config.Plugin, of signature.Subject, signatures [][]byte, again bool) (signature.Verified, []byte, error) {
	var keys []signature.Keys
	var unknown []error
	for _, name := range p.Signers {
		k, err := t.keyring.Keys(ctx, name, t.cfg.Signers[name].JWKS, again)
		if err != nil {
			unknown = append(unknown, err)
			continue
		}
		keys = append(keys, k)
	}
	v, jws, err := signature.VerifyAny(signatures, of, t.now(), keys...)
	if err != nil {
		return v, nil, errors.Join(append(unknown, err)...)
	}
	return v, jws, nil
}

// published says whether a signer's keys can be asked for again.
func (t *trust) published(p config.Plugin) bool {
	for _, name := range p.Signers {
		if source.Published(t.cfg.Signers[name].JWKS) {
			return true
		}
	}
	return false
}

func packHint(err error) string {
	if errors.Is(err, artifact.ErrUnpacked) {
		return `"acrhost plugin pack" puts the manifest into the module, so that it is known before anything runs`
	}
	return ""
}
