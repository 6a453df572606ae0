package abi

// Lookup finds every value of a step's configuration that a manifest's path
// leads to, as OutcomesFrom describes it. A path that leads nowhere finds nothing;
// one that does not begin with a slash is an error.
func Lookup(config map[string]any, path string) ([]any, error) { return lookup(config, path) }
