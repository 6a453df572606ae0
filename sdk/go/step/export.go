package step

import (
	"encoding/json"

	"github.com/acrhost/acrhost/sdk/go/internal/guest"
)

// What an exported function returns.
const (
	written = 0
	failed  = 1
)

// Step is the export acrhost_step_v1: it runs the call that the host has ready. It
// returns 0 when the output document was written.
func (m Module) Step() int32 {
	return write(m.Answer(imports{}, guest.Input()))
}

// Describe is the export acrhost_describe_v1: it writes the manifest.
func (m Module) Describe() int32 {
	return write(m.describe())
}

// write writes a document, or logs why there is none.
func write(document []byte, err error) int32 {
	if err != nil {
		guest.Log(int32(Error), err.Error())
		return failed
	}
	guest.Output(document)
	return written
}

func (m Module) describe() ([]byte, error) {
	manifest, err := m.Manifest()
	if err != nil {
		return nil, err
	}
	return json.Marshal(manifest)
}
