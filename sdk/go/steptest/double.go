package steptest

import (
	"encoding/json"
	"slices"

	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// Double answers a capability in the host's place. Fake makes one.
type Double func(request []byte) (abi.Status, []byte)

// Fake makes a double of a function over the capability's own types. A request that
// is not of its type is a bad request.
func Fake[Request, Answer any](f func(Request) (abi.Status, Answer)) Double {
	return func(request []byte) (abi.Status, []byte) {
		var q Request
		if err := json.Unmarshal(request, &q); err != nil {
			return abi.BadRequest, nil
		}
		status, answer := f(q)
		document, err := json.Marshal(answer)
		if err != nil {
			return abi.UpstreamFault, nil
		}
		return status, document
	}
}

// Refuse is the double of a capability that gives a status and no answer.
func Refuse(status abi.Status) Double {
	return func([]byte) (abi.Status, []byte) { return status, nil }
}

// Line is one line that a step logged.
type Line struct {
	Level step.Level
	Text  string
}

// double is the step.Host of a test.
type double struct {
	fakes map[string]Double
	asked []string
	lines []Line
}

// Log keeps the line.
func (d *double) Log(level step.Level, line string) { d.lines = append(d.lines, Line{level, line}) }

// Call answers by the double of that name. What is linked is never called: there
// is nothing behind it.
func (d *double) Call(name string, _ step.Import, request []byte) (abi.Status, []byte) {
	d.asked = append(d.asked, name)
	fake, ok := d.fakes[name]
	if !ok {
		return abi.Denied, nil
	}
	return fake(request)
}

// undeclared are the capabilities that were asked for and are not in the list.
func (d *double) undeclared(declared []string) []string {
	return slices.DeleteFunc(slices.Clone(d.asked), func(name string) bool { return slices.Contains(declared, name) })
}
