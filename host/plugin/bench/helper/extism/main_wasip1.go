// Command extism does the job as a plugin of Extism, in Go. It reads the document with
// the decoder of acrhost's SDK, so that what is compared is the way to run a guest.
package main

import (
	"github.com/extism/go-pdk"

	"github.com/acrhost/acrhost/host/plugin/bench/job"
	"github.com/acrhost/acrhost/sdk/go/abi"
)

//go:wasmexport decide
func decide() int32 {
	var in abi.Input
	if err := in.ParseJSON(pdk.Input()); err != nil {
		pdk.SetError(err)
		return 1
	}
	pdk.OutputString(`{"outcome":"ok","acr":"` + job.Rule(in.AMR) + `"}`)
	return 0
}

func main() {}
