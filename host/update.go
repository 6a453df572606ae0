package host

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/acrhost/acrhost/host/artifact"
	"github.com/acrhost/acrhost/host/artifact/lock"
	"github.com/acrhost/acrhost/host/artifact/reference"
	"github.com/acrhost/acrhost/host/artifact/source"
	"github.com/acrhost/acrhost/host/config"
)

// explainTime bounds how long a source is asked for what it holds, only to say it.
const explainTime = 15 * time.Second

// fetchLocked brings a locked module by its digest, never by its tag, and keeps it.
func (t *trust) fetchLocked(ctx context.Context, p config.Plugin, e lock.Entry) ([]byte, error) {
	r, err := reference.Remote(p.Source)
	if err != nil {
		return nil, err
	}
	if r.Kind == reference.OCI {
		r = r.Pinned(e.Artifact)
	}
	wasm, err := t.client.Module(ctx, r)
	if err != nil {
		return nil, err
	}
	if got := artifact.Digest(wasm); got != e.Digest {
		return nil, fmt.Errorf("%s holds the module %s, %s pins %s", r, got, lock.Name, e.Digest)
	}
	if err := t.shelf.Put(wasm); err != nil {
		t.log.WarnContext(ctx, "a fetched plugin is not kept", "plugin", p.Name, "error", err)
	}
	return wasm, nil
}

// explain says what a plugin asks for beyond what is locked, as far as that can be found
// out: it is going to be refused in any case.
func (t *trust) explain(ctx context.Context, p config.Plugin, e lock.Entry) string {
	ctx, cancel := context.WithTimeout(ctx, explainTime)
	defer cancel()
	f, err := t.found(ctx, p)
	if err != nil {
		return fmt.Sprintf("; what it asks for is unknown: %s", oneLine(err))
	}
	return compared(e, f.Wasm)
}

// found is what a plugin's place holds now.
func (t *trust) found(ctx context.Context, p config.Plugin) (*source.Fetched, error) {
	if p.Source == "" {
		return source.ReadFile(p.Path)
	}
	r, err := reference.Remote(p.Source)
	if err != nil {
		return nil, err
	}
	return t.client.Fetch(ctx, r)
}

// compared is what a module is and asks for, beside what is locked, for the end of a message.
func compared(e lock.Entry, wasm []byte) string {
	m, err := artifact.Manifest(wasm)
	if err != nil {
		return fmt.Sprintf("; what it asks for is unknown: %s", oneLine(err))
	}
	more, err := artifact.Beyond(wasm, m, e.Asks)
	if err != nil {
		return fmt.Sprintf("; what it asks for is unknown: %s", oneLine(err))
	}
	asks, words := "asks for no more than", make([]string, len(more))
	for i, one := range more {
		words[i] = one.String()
	}
	list := ""
	if len(more) > 0 {
		asks, list = "asks for more than", ": "+strings.Join(words, "; ")
	}
	switch is := (lock.Entry{Name: m.Name, Version: m.Version}); {
	case is.Swapped(e):
		return fmt.Sprintf("; it is another plugin, %q version %q, and %s the locked %q version %q%s", m.Name, m.Version, asks, e.Name, e.Version, list)
	case is.RolledBack(e):
		return fmt.Sprintf("; version %q is a rollback: it is older and %s the locked %q%s", m.Version, asks, e.Version, list)
	}
	return fmt.Sprintf("; version %q %s the locked %q%s", m.Version, asks, e.Version, list)
}

func oneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }
