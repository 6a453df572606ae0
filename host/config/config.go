package config

import (
	"net/netip"
	"time"

	"github.com/acrhost/acrhost/host/decrypt"
	"github.com/acrhost/acrhost/host/fetchrule"
	"github.com/acrhost/acrhost/host/journey"
)

// Config is a whole configuration, parsed and with defaults applied. Paths are
// absolute or relative to the file that named them, resolved when it was read.
type Config struct {
	// Issuer is the provider's identity: an https URL, or http on a loopback
	// address, without query, fragment or slash at the end.
	Issuer string
	// SessionManagement lets clients' pages ask, in a frame, whether the session has changed
	// (OpenID Connect Session Management 1.0): browsers get a cookie more for it, which
	// pages of other sites bring along.
	SessionManagement bool
	Listen            string // host:port; default 127.0.0.1:8080
	// InsecureAllowRemote lets others than this machine reach a host without TLS.
	InsecureAllowRemote bool
	// TrustedProxies are the networks from which X-Forwarded-For is believed; none: it
	// never is.
	TrustedProxies []netip.Prefix
	// Profile is FAPI2 when every client is held to it; empty: each says it itself.
	Profile string
	// InsecureResponseTypes are those beside code that clients may be registered for, with
	// their words in order: ResponseIDToken, ResponseTokens. They give tokens to browsers.
	InsecureResponseTypes []string
	Store                 Store
	Log                   Log
	// Metrics says where what is counted can be read.
	Metrics Metrics
	// MTLS is how clients show certificates.
	MTLS   MTLS
	Demo   Demo
	Tokens Tokens
	// Keys says how signing keys take turns.
	Keys Keys
	// Passwords says what hashes cost and which passwords nobody may have.
	Passwords Passwords
	Factors   Factors
	Throttle  Throttle
	// Account is where users see and change what they prove themselves with.
	Account  Account
	Messages Messages
	ACR      ACR
	// CacheDir keeps compiled plugins; default: acrhost in the user's cache folder.
	// Empty, as Parse leaves it by default: nothing is kept.
	CacheDir string
	// LockFile is acrhost.lock beside the main file, whether it is there or not.
	LockFile string
	// Signers are those whose plugins an operator may load, by name.
	Signers map[string]Signer
	Plugins map[string]Plugin
	Clients []Client
	// Registration says which clients may register themselves.
	Registration Registration
	// Upstream are other providers at which users sign in, by name.
	Upstream map[string]Upstream
	Journeys map[string]*journey.Definition
	// Journey is for clients that name none; empty: each client must.
	Journey string
	// JourneyByACR chooses by the requested acr, for clients that have no table of
	// their own: the first requested value with an entry wins.
	JourneyByACR map[string]string
	// Files are the configuration files that were read, the main one first.
	Files []string
}

// Store says where state is kept.
type Store struct {
	DSN string // sqlite:PATH or memory:; default sqlite:acrhost.db
	// SealKeyFile holds the key that seals private keys, 32 bytes in base64; made
	// at first start with mode 0600; default acrhost.key. The environment's
	// ACRHOST_SEAL_KEY beats it.
	SealKeyFile string
}

// Log says how to log.
type Log struct {
	Format string // text or json; default text
	Level  string // debug, info, warn, error; default info
}

// Metrics is where Prometheus finds what is counted.
type Metrics struct {
	// Listen is a loopback host:port of its own; empty: nowhere.
	Listen string
	// InsecureAllowRemote allows another address than a loopback one: whoever reaches
	// it learns what logins happen, and when.
	InsecureAllowRemote bool
}

// Demo is the demo relying party, its users and its outbox. It is refused unless
// the issuer is a loopback address.
type Demo struct {
	Enabled bool
	Users   []DemoUser
}

// DemoUser is an account that exists when the demo is on.
type DemoUser struct {
	Name     string
	Password Secret
	Email    string
	Phone    string
	Claims   map[string]any
}

// Tokens are lifetimes.
type Tokens struct {
	Code    time.Duration // default 60 s
	Access  time.Duration // default 5 m
	ID      time.Duration // default 5 m
	Refresh time.Duration // default 30 days
	Session time.Duration // default 12 h
	// DPoPNonceOptional takes DPoP proofs without a nonce too (RFC 9449 8); the default is
	// that each needs one of the provider's.
	DPoPNonceOptional bool
}

// LongestSigned is how long anything that is signed is good: the longest of all tokens,
// also of clients that have lifetimes of their own, and the session, because ID tokens
// come back as id_token_hint when they have expired.
func (c *Config) LongestSigned() time.Duration {
	longest := max(c.Tokens.Access, c.Tokens.ID, c.Tokens.Session)
	for _, client := range c.Clients {
		longest = max(longest, client.AccessTokenLifetime, client.IDTokenLifetime)
	}
	return longest
}

// KeysKept is how long a key that signs no more is kept.
func (c *Config) KeysKept() time.Duration {
	const margin = 10 * time.Minute // clocks differ, and signed answers live a few minutes
	return c.LongestSigned() + margin
}

// Keys is the schedule of the signing keys.
type Keys struct {
	// RotateEvery is how long a key signs; 0, the default: until an operator rotates.
	RotateEvery time.Duration
	// PublishBefore is how long a key is in the key set before it signs; default 24 h.
	PublishBefore time.Duration
	// Decrypt opens what clients encrypt for the provider; nil: nothing is encrypted.
	Decrypt *decrypt.Keys
}

// Passwords is the cost of argon2id, and which passwords nobody may have.
type Passwords struct {
	MemoryKiB  uint32 // default 19456
	Iterations uint32 // default 2
	// Parallel is how many are hashed at once; 0, the default: one for each processor.
	// Times MemoryKiB it is the memory that hashing takes at most.
	Parallel int
	// BreachedFile is a list of breached passwords, in a format of package breached;
	// empty: there is none.
	BreachedFile string
}

// Throttle says how guessing is slowed down.
type Throttle struct {
	// FreeFailures are the failures on an account that make nobody wait; default 5.
	FreeFailures int
	// LongestDelay is the longest wait, and the time in which one failure is forgiven;
	// default 1 h.
	LongestDelay time.Duration
	// ClientFailuresPerMinute is how many requests from one address, in which no client
	// proves itself, the endpoints for clients take, and how many wrong secrets of one client;
	// default 120.
	ClientFailuresPerMinute int
	// LoginsPerMinute is how many logins that nobody finishes one address may begin; default
	// 600.
	LoginsPerMinute int
}

// Account is self-service at /account.
type Account struct {
	// Journey is how users sign in there; empty: there is no self-service.
	Journey string
}

// Messages says who delivers one-time codes.
type Messages struct {
	SMS   Sender
	Email Sender
}

// Sender is one way to deliver: outbox (the demo's), smtp or http.
type Sender struct {
	Type string
	// SMTP: Addr is host:port; an empty Username means no authentication.
	Addr          string
	Username      string
	Password      Secret
	From          string
	InsecureNoTLS bool
	// HTTP: a POST of {"to","text"} to URL, with Bearer as its token unless empty.
	URL    string
	Bearer Secret
}

// ACR are the rules for values.
type ACR struct {
	Strict bool
	// Order are values, weakest first; clients' Minimum is one of them.
	Order  []string
	Levels map[string]Level
}

// Level says what evidence a value needs: any of the sets of amr values.
type Level struct {
	Requires [][]string
	MaxAge   time.Duration // 0: any age
	Pos      journey.Pos
}

// Signer is somebody who signs plugins.
type Signer struct {
	Name string
	// JWKS is where the signer's public keys are: a file, or an https URL.
	JWKS string
	Pos  journey.Pos
}

// Plugin is one module and what the operator grants it.
type Plugin struct {
	Name string
	// Path is the module's file; empty: it comes from Source.
	Path string
	// Source is where the module comes from, as package reference reads it; empty: from
	// Path.
	Source string
	Digest string // sha256:…; without it acrhost.lock must pin the module
	// Signers are the names of those one of whom must have signed the module; none: nobody.
	Signers []string
	// RequireSignature wants a signature also of the standard plugin.
	RequireSignature bool
	// InsecureAllowUnpinned loads whatever the file holds.
	InsecureAllowUnpinned bool
	// InsecureAllowUnsigned loads a pinned module that nobody signed.
	InsecureAllowUnsigned bool
	Grant                 Grant
	Limits                Limits
	// Mode is auto, fresh, restore or prewarm: how a call gets its instance; empty: auto.
	Mode string
	// SnapshotSafe is the operator's word that an instance may be restored although two
	// of them differ.
	SnapshotSafe bool
	// Instances is how many instances may live at once; 0: the runtime's default.
	Instances int
	Breaker   Breaker
	Pos       journey.Pos
}

// Breaker says when a plugin that keeps failing is left alone; 0 means the default.
type Breaker struct {
	Failures int           // in a row; default 20
	Cooldown time.Duration // the first pause, at most 5 minutes; default 10 s
}

// Grant is what a plugin may do. Vars and ACR nil means any; every other absent
// list means nothing. Patterns may hold *.
type Grant struct {
	// All grants whatever the manifest asks for; only for the plugin named
	// standard, and only when it has no grant table.
	All          bool
	Vars         []string
	ACR          []string
	AMR          []string
	Claims       []string
	Evidence     []string
	Subject      bool
	Reads        []string             // nil: all of subject.claims, upstream, device, vars
	Capabilities map[string][]CapRule // by name; the rules are the capability's own
}

// CapRule narrows a capability; for http_fetch: where, and how.
type CapRule = fetchrule.Rule

// Limits of one call; 0 means the default of sdk/ABI.md.
type Limits struct {
	Fuel            uint64
	Timeout         time.Duration
	MemoryBytes     uint64
	TableEntries    uint32
	CallDepth       uint32
	InputBytes      int
	OutputBytes     int
	LogBytes        int
	CapabilityCalls int
}
