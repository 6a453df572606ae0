package journey

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/acrhost/acrhost/sdk/go/abi"
)

// Release is a set of journeys with the plugins that they use, compiled and ready
// to run. It is immutable; a login ends on the release that it began on.
type Release struct {
	id       string
	journeys map[string]*compiledJourney
	digests  map[string]string // of modules, by the use of their step types
}

type compiledJourney struct {
	*Definition
	steps map[string]*compiledStep
}

type compiledStep struct {
	*Step
	outcomes []string
	config   template
	kind     abi.StepType
}

// NewRelease compiles journeys that Check has no fault with. What it refuses all
// the same is what the engine could not survive: a dangling edge, an unknown step
// type, an expression or a schema that does not compile.
func NewRelease(defs map[string]*Definition, catalog Catalog) (*Release, error) {
	r := &Release{journeys: map[string]*compiledJourney{}}
	schemas := schemaCache{}
	digests := map[string]string{}
	var errs []error
	for _, name := range sorted(defs) {
		j := &compiledJourney{Definition: defs[name], steps: map[string]*compiledStep{}}
		r.journeys[name] = j
		for _, step := range sorted(j.Steps) {
			s := j.Steps[step]
			compiled, digest, err := compileStep(s, catalog, schemas)
			if err == nil {
				err = checkEdges(defs, j.Definition, s)
			}
			if err != nil {
				errs = append(errs, fmt.Errorf("journey %q, step %q: %w", name, step, err))
			}
			j.steps[step] = compiled
			if s.Use != "" {
				digests[s.Use] = digest
			}
		}
		if j.Steps[j.Start] == nil {
			errs = append(errs, fmt.Errorf("journey %q: no step %q to start at", name, j.Start))
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	r.digests = digests
	var err error
	r.id, err = releaseID(defs, digests)
	return r, err
}

// ID names the release by what it holds: the same definitions with the same
// plugins have the same ID on every host.
func (r *Release) ID() string { return r.id }

func compileStep(s *Step, catalog Catalog, schemas schemaCache) (*compiledStep, string, error) {
	if s.Journey != "" {
		return &compiledStep{Step: s, outcomes: []string{SubSuccess, SubFailure}}, "", nil
	}
	t, ok := catalog.StepType(s.Use)
	if !ok {
		return nil, "", fmt.Errorf("unknown step type %q", s.Use)
	}
	outcomes, err := t.AllOutcomes(s.Config)
	if err != nil {
		return nil, "", err
	}
	schema, err := schemas.of(s.Use, t.ConfigSchema)
	if err != nil {
		return nil, "", err
	}
	config, err := newTemplate(s.Config, schema)
	if err != nil {
		return nil, "", err
	}
	return &compiledStep{Step: s, outcomes: outcomes, config: config, kind: t.StepType}, t.Digest, nil
}

// schemaCache compiles each step type's schema once.
type schemaCache map[string]*jsonschema.Schema

func (c schemaCache) of(use string, raw json.RawMessage) (*jsonschema.Schema, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	if schema, ok := c[use]; ok {
		return schema, nil
	}
	schema, err := compileSchema(use, raw)
	c[use] = schema
	return schema, err
}

func checkEdges(defs map[string]*Definition, d *Definition, s *Step) error {
	if s.Journey != "" && defs[s.Journey] == nil {
		return fmt.Errorf("unknown journey %q", s.Journey)
	}
	targets := make([]string, 0, len(s.Next)+1)
	for _, outcome := range sorted(s.Next) {
		targets = append(targets, s.Next[outcome])
	}
	if s.OnError != "" {
		targets = append(targets, s.OnError)
	}
	for _, target := range targets {
		if d.Steps[target] == nil && !isTerminal(target) {
			return fmt.Errorf("an edge leads to %q, which does not exist", target)
		}
	}
	return nil
}

func isTerminal(target string) bool {
	code, isError := strings.CutPrefix(target, ErrorPrefix)
	return target == Success || target == Failure || isError && code != ""
}

// identity is what makes two journeys the same: all that can change what a login
// does, and neither titles nor places in files.
type identity struct {
	Start    string
	Timeout  time.Duration
	Insecure bool
	Steps    map[string]stepIdentity
}

type stepIdentity struct {
	Use, Journey, OnError, ErrorVar string
	Config                          map[string]any
	Next                            map[string]string
	MaxVisits                       int
}

func releaseID(defs map[string]*Definition, digests map[string]string) (string, error) {
	all := map[string]identity{}
	for name, d := range defs {
		i := identity{Start: d.Start, Timeout: d.Timeout, Insecure: d.InsecureAllowNoEvidence, Steps: map[string]stepIdentity{}}
		for step, s := range d.Steps {
			i.Steps[step] = stepIdentity{
				Use: s.Use, Journey: s.Journey, OnError: s.OnError, ErrorVar: s.ErrorVar,
				Config: s.Config, Next: s.Next, MaxVisits: s.MaxVisits,
			}
		}
		all[name] = i
	}
	// encoding/json sorts the keys of maps, so that the text is the same each time.
	text, err := json.Marshal(struct {
		Journeys map[string]identity
		Digests  map[string]string
	}{all, digests})
	if err != nil {
		return "", fmt.Errorf("hash the journeys: %w", err)
	}
	sum := sha256.Sum256(text)
	return "rel_" + hex.EncodeToString(sum[:16]), nil
}

// next is where an outcome leads. An outcome without an edge is none: the check
// saw to it, and the engine does not rely on that.
func (s *compiledStep) next(outcome string) (string, bool) {
	target, ok := s.Next[outcome]
	return target, ok && slices.Contains(s.outcomes, outcome)
}

func (s *compiledStep) maxVisits() int {
	if s.MaxVisits == 0 {
		return DefaultMaxVisits
	}
	return s.MaxVisits
}

func (d *Definition) timeout() time.Duration {
	if d.Timeout == 0 {
		return DefaultTimeout
	}
	return d.Timeout
}
