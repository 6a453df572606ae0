package artifact

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/acrhost/acrhost/host/fetchrule"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

// MaxManifest is the longest manifest, in bytes.
const MaxManifest = 256 << 10

// ErrUnpacked is what a module without the section is refused with.
var ErrUnpacked = errors.New("it has no section " + Section)

// ManifestDocument is the manifest that is packed into a module, as it stands there. The
// module isn't run. Without one the error is ErrUnpacked; two of them are refused.
func ManifestDocument(wasm []byte) ([]byte, error) {
	all, err := sections(wasm)
	if err != nil {
		return nil, err
	}
	var found []byte
	packed := false
	for _, s := range all {
		switch {
		case s.id != custom || s.name != Section:
		case packed:
			return nil, fmt.Errorf("there are two sections %s", Section)
		case len(s.content) > MaxManifest:
			return nil, fmt.Errorf("the section %s is longer than %d bytes", Section, MaxManifest)
		default:
			found, packed = s.content, true
		}
	}
	if !packed {
		return nil, ErrUnpacked
	}
	return found, nil
}

// Manifest is the manifest that is packed into a module.
func Manifest(wasm []byte) (abi.Manifest, error) {
	doc, err := ManifestDocument(wasm)
	if err != nil {
		return abi.Manifest{}, err
	}
	return ParseManifest(doc)
}

// ParseManifest reads a manifest. Members that a later minor version adds are
// allowed; a wrong one, and what makes a manifest useless, is not.
func ParseManifest(doc []byte) (abi.Manifest, error) {
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
		if _, err := fetchrule.ParseWants(t.Fetches); err != nil {
			return abi.Manifest{}, fmt.Errorf("step %q: fetches: %w", name, err)
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
