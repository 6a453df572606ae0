package host

import (
	"maps"
	"slices"

	"github.com/acrhost/acrhost/host/acr"
	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/journey"
)

// checkJourneys checks the journeys against the step types that there are.
func checkJourneys(cfg *config.Config, c catalog) config.Faults {
	levels := make(map[string]journey.Pos, len(cfg.ACR.Levels))
	for value, level := range cfg.ACR.Levels {
		levels[value] = level.Pos
	}
	return journey.Check(cfg.Journeys, c, journey.CheckContext{Levels: levels, StrictACR: cfg.ACR.Strict})
}

func levelsOf(cfg *config.Config) acr.Levels {
	levels := acr.Levels{Levels: make(map[string]acr.Level, len(cfg.ACR.Levels)), Strict: cfg.ACR.Strict}
	for value, level := range cfg.ACR.Levels {
		levels.Levels[value] = acr.Level{Requires: level.Requires, MaxAge: level.MaxAge}
	}
	return levels
}

// acrSupported is what discovery says the journeys can reach.
func acrSupported(cfg *config.Config, c catalog) []string {
	return journey.ReachableACR(cfg.Journeys, c, slices.Sorted(maps.Keys(cfg.ACR.Levels))...)
}
