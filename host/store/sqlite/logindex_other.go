//go:build !unix

package sqlite

import "context"

// logIndex is not had here: nothing is remembered.
type logIndex struct{}

func openLogIndex(context.Context, *statements) (*logIndex, error) { return nil, nil }

func (*logIndex) now() stamp   { return stamp{} }
func (*logIndex) close() error { return nil }
