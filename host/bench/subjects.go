package main

// subject is a server in one configuration.
type subject struct {
	name  string
	store string // sqlite or memory
	alg   string // of ID tokens
	steps string // the language of acrhost's steps; empty: a peer
}

// The names by which goals find their subjects.
const (
	sqliteC  = "acrhost, sqlite, steps in C, ES256"
	sqliteGo = "acrhost, sqlite, steps in Go, ES256"
	sqliteRS = "acrhost, sqlite, steps in C, RS256"
	memoryC  = "acrhost, memory, steps in C, ES256"
	zitadel  = "zitadel, memory, ES256"
	zitadelR = "zitadel, memory, RS256"
	fositeES = "fosite, memory, ES256"
	fositeRS = "fosite, memory, RS256"
)

// subjects lists them all. Each takes part in every turn.
func subjects() []subject {
	return []subject{
		{name: sqliteC, store: "sqlite", alg: "ES256", steps: "c"},
		{name: sqliteGo, store: "sqlite", alg: "ES256", steps: "go"},
		{name: sqliteRS, store: "sqlite", alg: "RS256", steps: "c"},
		{name: memoryC, store: "memory", alg: "ES256", steps: "c"},
		{name: zitadel, store: "memory", alg: "ES256"},
		{name: fositeES, store: "memory", alg: "ES256"},
		{name: zitadelR, store: "memory", alg: "RS256"},
		{name: fositeRS, store: "memory", alg: "RS256"},
	}
}
