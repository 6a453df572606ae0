package step

import (
	"errors"
	"fmt"
	"time"

	"github.com/acrhost/acrhost/sdk/go/leanjson"
)

// Duration is a length of time in a configuration, written as "90s" or "1h30m",
// always more than nothing: what a missing one means is for the step to say.
type Duration time.Duration

// JSONSchema is the schema of the text: whole numbers of ms, s, m and h, of which
// one is not zero.
func (Duration) JSONSchema() string {
	return `{"type":"string","pattern":"^([0-9]{1,6}(ms|s|m|h))*[0-9]{0,5}[1-9][0-9]{0,5}(ms|s|m|h)([0-9]{1,6}(ms|s|m|h))*$"}`
}

// UnmarshalJSON reads the text.
func (d *Duration) UnmarshalJSON(b []byte) error {
	var text string
	if err := leanjson.Unmarshal(b, &text); err != nil {
		return errors.New(`a duration is a text such as "10m"`)
	}
	v, err := time.ParseDuration(text)
	if err != nil || v <= 0 {
		return fmt.Errorf(`%q is not a duration such as "10m"`, text)
	}
	*d = Duration(v)
	return nil
}

// MarshalJSON writes the text.
func (d Duration) MarshalJSON() ([]byte, error) {
	return leanjson.AppendText(nil, time.Duration(d).String()), nil
}

// Seconds are the whole seconds, rounded up.
func (d Duration) Seconds() int64 {
	return int64((time.Duration(d) + time.Second - 1) / time.Second)
}
