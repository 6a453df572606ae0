package plugin

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/acrhost/acrhost/host/plugin/rewrite"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// manifestSection is the custom section of a packed plugin.
const manifestSection = "acrhost.manifest"

// describe reads the manifest and holds it against the grant. A module that
// promises a manifest and gives a wrong one is refused. A command promises nothing:
// whatever it answers to describe, if it is no manifest there is none.
func (m *Module) describe(ctx context.Context, d *rewrite.Module) []string {
	doc, promised, err := m.manifestDocument(ctx, d)
	if err == nil {
		m.manifest, err = parseManifest(doc)
	}
	if err != nil && promised {
		return []string{"manifest: " + oneLine(err.Error())}
	}
	if err != nil {
		m.manifest, m.why = abi.Manifest{}, err
		return nil
	}
	return m.spec.Grant.requests(m.manifest)
}

func (m *Module) manifestDocument(ctx context.Context, d *rewrite.Module) (doc []byte, promised bool, err error) {
	for _, c := range d.Customs {
		if c.Name != manifestSection {
			continue
		}
		if promised {
			return nil, true, fmt.Errorf("there are two sections %s", manifestSection)
		}
		doc, promised = c.Data, true
	}
	if promised {
		if len(doc) > maxManifestBytes {
			err = fmt.Errorf("it is longer than %d bytes", maxManifestBytes)
		}
		return doc, true, err
	}
	for _, e := range d.Exports {
		promised = promised || e.Name == describeExport
	}
	if m.carrier == reactor && !promised {
		return nil, false, errors.New("the module exports no " + describeExport)
	}
	doc, err = m.callDescribe(ctx)
	return doc, promised && m.carrier == reactor, err
}

// describeTime is how long describe may take, at least.
const describeTime = 10 * time.Second

// callDescribe runs describe, under the limits of a call but for the length of the
// answer: a manifest holds the schemas of all its steps.
func (m *Module) callDescribe(ctx context.Context) ([]byte, error) {
	l := m.patient()
	l.OutputBytes = max(l.OutputBytes, maxManifestBytes)
	in := newInvocation(ctx, l)
	_, fault := m.run(in, entry{export: describeExport, argument: "describe"})
	if fault != nil {
		return nil, fmt.Errorf("describe: %w", fault)
	}
	return in.output, nil
}

// parseManifest reads a manifest. Members that a later minor version adds are
// allowed; a wrong one, and what makes a manifest useless, is not.
func parseManifest(doc []byte) (abi.Manifest, error) {
	var m abi.Manifest
	if err := json.Unmarshal(doc, &m); err != nil {
		return abi.Manifest{}, fmt.Errorf("not a manifest: %w", err)
	}
	if m.Name == "" || len(m.Steps) == 0 {
		return abi.Manifest{}, errors.New("not a manifest: it needs a name and a step")
	}
	if err := checkVersion(m.ABIMin); err != nil {
		return abi.Manifest{}, err
	}
	for name, t := range m.Steps {
		if name == "" || len(t.Outcomes)+len(t.OutcomesFrom) == 0 {
			return abi.Manifest{}, fmt.Errorf("step %q declares no outcome", name)
		}
	}
	return m, nil
}

// checkVersion refuses a module that needs a later ABI than this one.
func checkVersion(least string) error {
	if least == "" {
		return nil
	}
	major, minor, err := version(least)
	if err != nil {
		return fmt.Errorf("abi_min %q is not a version such as %q", least, abi.Version)
	}
	hostMajor, hostMinor, err := version(abi.Version)
	if err != nil {
		return err
	}
	if major != hostMajor || minor > hostMinor {
		return fmt.Errorf("it needs ABI %s, this host has %s", least, abi.Version)
	}
	return nil
}

func version(s string) (major, minor uint64, err error) {
	a, b, ok := strings.Cut(s, ".")
	if !ok {
		return 0, 0, errors.New("no dot")
	}
	major, err = strconv.ParseUint(a, 10, 32)
	if err != nil {
		return 0, 0, err
	}
	minor, err = strconv.ParseUint(b, 10, 32)
	return major, minor, err
}

// oneLine is text for a message: its first line, at most 300 bytes.
func oneLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	if len(s) > 300 {
		s = strings.ToValidUTF8(s[:300], "") + "…"
	}
	return s
}
