package config

import (
	"maps"
	"slices"
	"strings"

	"github.com/acrhost/acrhost/host/artifact/lock"
	"github.com/acrhost/acrhost/host/artifact/reference"
	"github.com/acrhost/acrhost/host/journey/nearest"
)

// standard is the plugin that comes with acrhost.
const standard = "standard"

// signers reads who may sign plugins, and where their keys are.
func (r *reader) signers(t *table, c *Config) {
	c.LockFile = t.node.beside(lock.Name)
	for name, t := range t.named("signers") {
		s := Signer{Name: name, Pos: t.node.pos}
		r.rule(s.Pos, "the signer's name "+quoted(name), checkName(name))
		t.require(`jwks = "`+name+`.jwks.json", or an https URL`, "jwks")
		t.text("jwks", &s.JWKS)
		switch scheme, _, remote := strings.Cut(s.JWKS, "://"); {
		case !remote:
			t.path("jwks", &s.JWKS)
		case scheme != "https":
			r.fault(t.pos("jwks"), `jwks = "https://vendor.example.com/jwks.json"`, "jwks in %s is neither a file nor an https URL", t.name)
		default:
			r.rule(t.pos("jwks"), "jwks in "+t.name, checkURL(s.JWKS))
		}
		t.close()
		c.Signers[name] = s
	}
}

// plugins reads the modules. What a module asks for is not known here.
func (r *reader) plugins(t *table, c *Config) {
	for name, t := range t.named("plugins") {
		p := Plugin{Name: name, Pos: t.node.pos}
		r.rule(p.Pos, "the plugin's name "+quoted(name), checkName(name))
		r.place(t, &p)
		t.checked("digest", &p.Digest, checkDigest)
		r.trust(t, c, &p)
		r.grant(t, &p)
		r.limits(t, &p.Limits)
		r.instances(t, &p)
		t.close()
		c.Plugins[name] = p
	}
}

// place reads where a module is: in a file, or somewhere else, from where acrhost.lock pins
// it.
func (r *reader) place(t *table, p *Plugin) {
	t.path("path", &p.Path)
	t.text("source", &p.Source)
	switch {
	case !t.has("path") && !t.has("source"):
		r.fault(t.node.pos, `path = "plugins/`+p.Name+`.wasm", or source = "oci://registry.example.com/acme/`+p.Name+`:1.0"`, "%s has no path", t.name)
	case t.has("path") && t.has("source"):
		r.fault(t.pos("source"), "keep one of the two", "%s has both path and source", t.name)
	case p.Source != "":
		if _, err := reference.Remote(p.Source); err != nil {
			r.fault(t.pos("source"), `source = "oci://registry.example.com/acme/`+p.Name+`:1.0"`, "source in %s: %v", t.name, err)
		}
	}
}

// trust reads who must stand behind a module. Nothing is loaded unsigned unless the
// configuration says so in words; the standard plugin is built with the host, which pins it.
func (r *reader) trust(t *table, c *Config, p *Plugin) {
	t.texts("signers", &p.Signers)
	t.flag("require_signature", &p.RequireSignature)
	t.flag("insecure_allow_unpinned", &p.InsecureAllowUnpinned)
	t.flag("insecure_allow_unsigned", &p.InsecureAllowUnsigned)
	for _, name := range p.Signers {
		if _, ok := c.Signers[name]; !ok {
			r.fault(t.pos("signers"), signersHint(name, c), "signers in %s: there is no [signers.%s]", t.name, name)
		}
	}
	signed := len(p.Signers) > 0
	switch {
	case signed && p.InsecureAllowUnsigned:
		r.fault(t.pos("insecure_allow_unsigned"), "keep one of the two", "%s has both signers and insecure_allow_unsigned", t.name)
	case p.RequireSignature && !signed:
		r.fault(t.pos("require_signature"), signersHint("acme", c), "%s requires a signature, and names no signers", t.name)
	case t.has("require_signature") && !p.RequireSignature && p.Name != standard:
		r.fault(t.pos("require_signature"), "insecure_allow_unsigned = true says it in words", "require_signature in %s can't be switched off like this", t.name)
	case p.Source != "" && p.InsecureAllowUnpinned:
		r.fault(t.pos("insecure_allow_unpinned"), "acrhost plugin lock pins it", "%s has a source, which is never loaded unpinned", t.name)
	case signed || p.Name == standard || p.InsecureAllowUnpinned || p.InsecureAllowUnsigned:
	case p.Source == "" && !t.has("digest"):
		r.fault(t.node.pos, `digest = "sha256:…" or "acrhost plugin lock", and `+signersHint("acme", c)+`; or insecure_allow_unpinned = true`, "%s has no digest and no signers", t.name)
	default:
		r.fault(t.node.pos, signersHint("acme", c)+`, or insecure_allow_unsigned = true`, "%s has no signers", t.name)
	}
}

// signersHint shows how a plugin names those who sign it.
func signersHint(name string, c *Config) string {
	known := slices.Sorted(maps.Keys(c.Signers))
	if hint := nearest.Hint(name, known); hint != "" {
		return hint
	}
	if len(known) > 0 {
		return `signers = ["` + known[0] + `"]`
	}
	return `signers = ["` + name + `"] and [signers.` + name + `] jwks = "` + name + `.jwks.json"`
}
