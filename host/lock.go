package host

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/acrhost/acrhost/host/artifact"
	"github.com/acrhost/acrhost/host/artifact/lock"
	"github.com/acrhost/acrhost/host/artifact/source"
	"github.com/acrhost/acrhost/host/config"
)

// Locked is what Lock did about one plugin.
type Locked struct {
	Plugin string
	Entry  lock.Entry
	// Before is what was locked before; nil: nothing.
	Before *lock.Entry
	// More is what it asks for beyond that.
	More []artifact.More
}

// Lock finds out what the plugins of a configuration are now, verifies them as Open does,
// and writes down which content, from where and signed by whom is to be loaded from now on:
// all of it, or nothing when one of them is refused, with config.Faults. Names choose
// plugins; without any, all are locked, and what the configuration doesn't have any more is
// dropped. The standard plugin of the build and unpinned ones are not locked.
func Lock(ctx context.Context, cfg *config.Config, o Options, client *source.Client, names ...string) ([]Locked, error) {
	t, faults := newTrust(cfg, o)
	if len(faults) > 0 {
		return nil, faults
	}
	t.client = client
	next := lock.File{Plugins: map[string]lock.Entry{}}
	var done []Locked
	for _, name := range names {
		if _, ok := cfg.Plugins[name]; !ok {
			return nil, fmt.Errorf("there is no [plugins.%s]", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(cfg.Plugins)) {
		p := cfg.Plugins[name]
		before, was := t.locked[name]
		switch {
		case p.InsecureAllowUnpinned, p.Name == Standard && p.Source == "" && p.Digest == "":
			continue
		case len(names) > 0 && !slices.Contains(names, name):
			if was {
				next.Plugins[name] = before
			}
			continue
		}
		e, err := t.lock(ctx, p)
		if err != nil {
			faults = append(faults, pluginFault(p, err))
			continue
		}
		one := Locked{Plugin: name, Entry: e, More: e.Asks.Beyond(before.Asks)}
		if was {
			one.Before = &before
		}
		next.Plugins[name] = e
		done = append(done, one)
	}
	if len(faults) > 0 {
		return nil, faults
	}
	return done, next.Write(cfg.LockFile)
}

// lock makes the entry of one plugin.
func (t *trust) lock(ctx context.Context, p config.Plugin) (lock.Entry, error) {
	f, err := t.found(ctx, p)
	if err != nil {
		return lock.Entry{}, refuse(p, "", "%v", err)
	}
	c := newCandidate(f)
	if p.Digest != "" && p.Digest != c.digest {
		return lock.Entry{}, refuse(p, "if you meant to change the module, pin the new digest", "its digest is %s, expected %s", c.digest, p.Digest)
	}
	m, err := artifact.Manifest(c.wasm)
	if err != nil {
		return lock.Entry{}, refuse(p, packHint(err), "%v", err)
	}
	if err := artifact.CheckImports(c.wasm, m); err != nil {
		return lock.Entry{}, refuse(p, "its vendor lists them in the capabilities of the step that calls them: then the lock can say what it asks for", "%v", err)
	}
	v, jws, err := t.verify(ctx, p, c)
	if err != nil {
		return lock.Entry{}, err
	}
	if p.Source != "" {
		if err := t.shelf.Put(c.wasm); err != nil {
			return lock.Entry{}, errors.Join(refuse(p, "", "it can't be kept"), err)
		}
	}
	return lock.Entry{
		Name: m.Name, Version: m.Version, Source: p.Source, Artifact: c.artifact, Digest: c.digest,
		Signer: v.Signer, KeyID: v.KeyID, Signature: string(jws), Asks: artifact.AsksOf(m),
	}, nil
}
