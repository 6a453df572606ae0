package config

import (
	"math"
	"net"
	"strings"
	"time"
)

// config reads the joined configuration, section by section, and then checks what
// spans several of them.
func (r *reader) config(root *node, c *Config) {
	t := r.table(root, topLevel)
	r.server(t, c)
	r.store(t, &c.Store)
	r.log(t, &c.Log)
	r.metrics(t, c)
	r.mtls(t, c)
	r.tokens(t, &c.Tokens)
	r.keys(t, &c.Keys)
	r.passwords(t, &c.Passwords)
	r.factors(t, c)
	r.throttle(t, &c.Throttle)
	r.demo(t, c)
	r.messages(t, c)
	r.acr(t, &c.ACR)
	r.upstream(t, c)
	r.signers(t, c)
	r.plugins(t, c)
	r.journeys(t, c)
	r.routes(t, c)
	r.account(t, c)
	r.clients(t, c)
	r.registration(t, c)
	t.close()
}

// server reads where the provider is.
func (r *reader) server(t *table, c *Config) {
	t.require(`issuer = "https://login.example.com"`, "issuer")
	t.checked("issuer", &c.Issuer, checkOwnIssuer)
	t.checked("listen", &c.Listen, checkListen)
	t.flag("insecure_allow_remote", &c.InsecureAllowRemote)
	r.rule(t.pos("listen"), "listen", c.remote())
	t.flag("session_management", &c.SessionManagement)
	t.path("cache_dir", &c.CacheDir)
	t.oneOf("profile", &c.Profile, FAPI2)
	r.insecureResponseTypes(t, c)
	t.networks("trusted_proxies", &c.TrustedProxies)
}

// store reads where state is kept. A file's path begins at the file that names it.
func (r *reader) store(t *table, s *Store) {
	s.DSN = sqlitePrefix + t.node.beside("acrhost.db")
	s.SealKeyFile = t.node.beside("acrhost.key")
	t = t.sub("store")
	if t == nil {
		return
	}
	defer t.close()
	t.path("seal_key_file", &s.SealKeyFile)
	dsn := ""
	t.text("dsn", &dsn)
	switch path, sqlite := strings.CutPrefix(dsn, sqlitePrefix); {
	case !t.has("dsn"):
	case dsn == "memory:":
		s.DSN = dsn
	case sqlite && path != "" && path[0] != ':': // sqlite::memory: is not a file
		s.DSN = sqlitePrefix + t.members()["dsn"].beside(path)
	default:
		// Not the value: a DSN can hold a password.
		r.fault(t.pos("dsn"), `dsn = "sqlite:acrhost.db", or "memory:" to keep nothing`, "dsn in [store] names no store that acrhost has")
	}
}

// sqlitePrefix begins the DSN of a SQLite file.
const sqlitePrefix = "sqlite:"

func (r *reader) log(t *table, l *Log) {
	if t = t.sub("log"); t == nil {
		return
	}
	defer t.close()
	t.oneOf("format", &l.Format, "text", "json")
	t.oneOf("level", &l.Level, "debug", "info", "warn", "error")
}

func (r *reader) tokens(t *table, k *Tokens) {
	if t = t.sub("tokens"); t == nil {
		return
	}
	defer t.close()
	t.lifetime("code", &k.Code)
	t.lifetime("access", &k.Access)
	t.lifetime("id", &k.ID)
	t.lifetime("refresh", &k.Refresh)
	t.lifetime("session", &k.Session)
	nonce := "required"
	t.oneOf("dpop_nonce", &nonce, "required", "optional")
	k.DPoPNonceOptional = nonce == "optional"
	// RFC 6749 4.1.2: a code should live ten minutes at most.
	if k.Code > 10*time.Minute {
		r.fault(t.pos("code"), "60s is enough", "code in [tokens] is %s, at most 10m is allowed", k.Code)
	}
}

// metrics reads where metrics are served: never where the provider is, and on this
// machine only unless the configuration says otherwise in words.
func (r *reader) metrics(t *table, c *Config) {
	if t = t.sub("metrics"); t == nil {
		return
	}
	defer t.close()
	m := &c.Metrics
	t.require(`listen = "127.0.0.1:9464"`, "listen")
	t.checked("listen", &m.Listen, checkListen)
	t.flag("insecure_allow_remote", &m.InsecureAllowRemote)
	host, _, err := net.SplitHostPort(m.Listen)
	switch {
	case err != nil: // said already
	case m.Listen == c.Listen:
		r.fault(t.pos("listen"), `listen = "127.0.0.1:9464"`, "listen in %s is where the provider listens", t.name)
	case !isLoopback(host) && !m.InsecureAllowRemote:
		r.fault(t.pos("listen"), `listen = "127.0.0.1:9464", or insecure_allow_remote = true`, "listen in %s is %s, not a loopback address", t.name, quoted(m.Listen))
	}
}

// maxInstances bounds what one plugin may keep: each instance has a memory of its own.
const maxInstances = 4096

// instances reads how a plugin's calls get their instances, and when it gets none.
func (r *reader) instances(t *table, p *Plugin) {
	t.oneOf("mode", &p.Mode, "auto", "fresh", "restore", "prewarm")
	t.flag("snapshot_safe", &p.SnapshotSafe)
	whole(t, "instances", &p.Instances, 1, maxInstances)
	if t = t.sub("breaker"); t == nil {
		return
	}
	defer t.close()
	whole(t, "failures", &p.Breaker.Failures, 1, math.MaxInt32)
	t.duration("cooldown", &p.Breaker.Cooldown)
	if p.Breaker.Cooldown > maxCooldown {
		r.fault(t.pos("cooldown"), "the pause doubles by itself while the plugin keeps failing", "cooldown in %s is %s, at most 5m is allowed", t.name, p.Breaker.Cooldown)
	}
}

// maxCooldown is the longest pause of a circuit breaker.
const maxCooldown = 5 * time.Minute

func (r *reader) limits(t *table, l *Limits) {
	if t = t.sub("limits"); t == nil {
		return
	}
	defer t.close()
	whole(t, "fuel", &l.Fuel, 1, math.MaxInt64)
	t.duration("timeout", &l.Timeout)
	size(t, "memory", &l.MemoryBytes, 4<<30) // what 32-bit WebAssembly can address
	whole(t, "table_entries", &l.TableEntries, 1, math.MaxUint32)
	whole(t, "call_depth", &l.CallDepth, 1, math.MaxUint32)
	size(t, "input", &l.InputBytes, math.MaxInt32)
	size(t, "output", &l.OutputBytes, math.MaxInt32)
	size(t, "logs", &l.LogBytes, math.MaxInt32)
	whole(t, "capability_calls", &l.CapabilityCalls, 1, math.MaxInt32)
}
