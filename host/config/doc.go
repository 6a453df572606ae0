// Package config reads config.toml into a Config: strictly, with every fault at
// once, each with its file, line and a hint. It knows the shape of a
// configuration; whether a journey makes sense is for package journey.
package config
