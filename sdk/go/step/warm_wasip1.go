package step

import "github.com/acrhost/acrhost/sdk/go/abi"

// The first use of each size of memory, and of a table, costs more than the ones
// after it. An instance that serves calls from its snapshot would pay that in every
// call, so it is paid once, when the module starts: by reading an input and writing
// an output, of no meaning.
var _ = warmUp()

func warmUp() bool {
	var c Context
	err := c.ParseJSON([]byte(`{"abi":"1.0","call":{"id":"","attempt":1,"now":"2026-11-23T07:00:00.5Z"},"journey":{"path":["a"]},"config":{},` +
		`"request":{"login_hint":"a","acr_values":["a"],"max_age":12},"evidence":[{"amr":["a"]}],"subject":{"claims":{"a":"b","c":[1.5]}},"upstream":{"a":{"claims":{}}},"vars":{"a":0.5},"form":{"a":"\n"}}`))
	o := Ask(abi.Prompt{Fields: []abi.Field{{}}, Actions: []abi.Action{{}}}).WithVar("a", []any{1, "b"}).WithState(map[string]string{"a": "b"})
	document, fault := o.encode()
	return err == nil && fault == nil && len(document) > 0
}
