package plugin

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/acrhost/acrhost/host/artifact"
	"github.com/acrhost/acrhost/host/plugin/rewrite"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// readPacked reads the manifest that is packed into the module, and holds it against the
// grant: nothing of the module has been compiled yet.
func (m *Module) readPacked(wasm []byte, d *rewrite.Module) []string {
	manifest, err := artifact.Manifest(wasm)
	switch {
	case errors.Is(err, artifact.ErrUnpacked) && m.spec.Packed:
		return []string{err.Error() + ": what it asks for can't be known before it runs"}
	case errors.Is(err, artifact.ErrUnpacked):
		return nil
	case err != nil:
		return []string{"manifest: " + oneLine(err.Error())}
	}
	m.manifest, m.packed = manifest, true
	return m.asksFor(d)
}

// asksFor says what is wrong with what the module asks for: more than is granted, or what
// its manifest is silent about.
func (m *Module) asksFor(d *rewrite.Module) []string {
	faults := m.spec.Grant.requests(m.manifest)
	for _, name := range artifact.Undeclared(d.Imports, m.manifest) {
		faults = append(faults, fmt.Sprintf("it imports the capability %q, and no step declares it", name))
	}
	return faults
}

// describe asks a module that isn't packed for its manifest, and holds it against the
// grant. A module that promises a manifest and gives a wrong one is refused. A command
// promises nothing: whatever it answers to describe, if it is no manifest there is none.
func (m *Module) describe(ctx context.Context, d *rewrite.Module) []string {
	if m.packed {
		return nil
	}
	doc, promised, err := m.manifestDocument(ctx, d)
	if err == nil {
		m.manifest, err = artifact.ParseManifest(doc)
	}
	if err != nil && promised {
		return []string{"manifest: " + oneLine(err.Error())}
	}
	if err != nil {
		m.manifest, m.why = abi.Manifest{}, err
		return nil
	}
	return m.asksFor(d)
}

func (m *Module) manifestDocument(ctx context.Context, d *rewrite.Module) (doc []byte, promised bool, err error) {
	for _, e := range d.Exports {
		promised = promised || e.Name == describeExport
	}
	if m.carrier == reactor && !promised {
		return nil, false, errors.New("the module exports no " + describeExport)
	}
	doc, err = m.callDescribe(ctx)
	return doc, promised && m.carrier == reactor, err
}

// Describe asks the module for its manifest, as it answers now, whatever is packed into
// it. The error says why there is none.
func (m *Module) Describe(ctx context.Context) ([]byte, error) {
	doc, err := m.callDescribe(ctx)
	if err == nil && len(doc) == 0 {
		return nil, errors.New("it describes nothing: export " + describeExport + ", or answer to the argument describe")
	}
	return doc, err
}

// describeTime is how long describe may take, at least.
const describeTime = 10 * time.Second

// callDescribe runs describe, under the limits of a call but for the length of the
// answer: a manifest holds the schemas of all its steps.
func (m *Module) callDescribe(ctx context.Context) ([]byte, error) {
	in := m.newPatient(ctx)
	in.limits.OutputBytes = max(in.limits.OutputBytes, artifact.MaxManifest)
	_, fault := m.run(in, entry{export: describeExport, argument: "describe"})
	if fault != nil {
		return nil, fmt.Errorf("describe: %w", fault)
	}
	return in.output, nil
}

// oneLine is text for a message: its first line, at most 300 bytes.
func oneLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	if len(s) > 300 {
		s = strings.ToValidUTF8(s[:300], "") + "…"
	}
	return s
}
