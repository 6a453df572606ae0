package config

import (
	"time"

	"github.com/acrhost/acrhost/host/journey"
)

// defaults is a configuration in which nobody set anything. The argon2id cost is
// the OWASP Password Storage Cheat Sheet's.
func defaults() *Config {
	return &Config{
		Listen: "127.0.0.1:8080",
		Store:  Store{DSN: "sqlite:acrhost.db"},
		Log:    Log{Format: "text", Level: "info"},
		Tokens: Tokens{
			Code:    time.Minute,
			Access:  5 * time.Minute,
			ID:      5 * time.Minute,
			Refresh: 30 * 24 * time.Hour,
			Session: 12 * time.Hour,
		},
		Keys:         Keys{PublishBefore: 24 * time.Hour},
		Passwords:    Passwords{MemoryKiB: 19456, Iterations: 2},
		Throttle:     Throttle{FreeFailures: 5, LongestDelay: time.Hour, ClientFailuresPerMinute: 120, LoginsPerMinute: 600},
		ACR:          ACR{Levels: map[string]Level{}},
		Upstream:     map[string]Upstream{},
		Signers:      map[string]Signer{},
		Plugins:      map[string]Plugin{},
		Journeys:     map[string]*journey.Definition{},
		JourneyByACR: map[string]string{},
	}
}
