package session_test

import (
	"context"
	"errors"

	"github.com/acrhost/acrhost/host/store"
)

var errFailing = errors.New("the disk is gone")

// failing is a store that can do nothing.
type failing struct{ store.Artifacts }

func (failing) Get(context.Context, store.Kind, string) (store.Record, error) {
	return store.Record{}, errFailing
}

func (failing) Group(context.Context, store.Kind, string, int) ([]store.Record, error) {
	return nil, errFailing
}

func (failing) Put(context.Context, store.Record) (int64, error) { return 0, errFailing }

func (failing) Take(context.Context, store.Kind, string) (store.Record, error) {
	return store.Record{}, errFailing
}
