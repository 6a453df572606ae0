package vectors

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/vector"
)

// How large the large vectors are: near the limits of the ABI, and an answer that no
// buffer of a step's holds at once.
const (
	inputText  = abi.MaxInput - 4<<10
	outputText = abi.MaxOutput - 1<<10
	answerText = 200 << 10
)

// large are the vectors near the limits, which are made, not written.
func large() []vector.Vector {
	made := []vector.Vector{
		{
			Name: "size-skip", Step: "size",
			Input:  raw(`{"config":{"text":"%s"},"later":"%s"}`, strings.Repeat("é\\u00e9\\\"", 1000), strings.Repeat("y", inputText-11000)),
			Output: raw(`{"outcome":"ok","vars":{"bytes":5000,"fill":""}}`),
		},
		{
			Name: "size-input", Step: "size",
			Input:  raw(`{"config":{"text":"%s"}}`, strings.Repeat("z", inputText)),
			Output: raw(`{"outcome":"ok","vars":{"bytes":%d,"fill":""}}`, inputText),
		},
		{
			Name: "size-output", Step: "size",
			Input:  raw(`{"config":{"fill":%d}}`, outputText),
			Output: raw(`{"outcome":"ok","vars":{"bytes":0,"fill":"%s"}}`, strings.Repeat("x", outputText)),
		},
		{
			Name: "fetch-large", Step: "fetch",
			Input: raw(`{"config":{"url":"https://api.example/large"}}`),
			Calls: []vector.Call{{
				Capability: "http_fetch", Request: raw(`{"url":"https://api.example/large"}`),
				Answer: raw(`{"status":200,"headers":{"x-after":"no"},"body":"%sthe\nend!"}`, strings.Repeat("b", answerText-8)),
			}},
			Output: raw(`{"outcome":"ok","vars":{"status":200,"headers":{"x-after":"no"},"length":%d,"body":"the\nend!"}}`, answerText),
		},
	}
	for i := range made {
		made[i].File = "large.go"
	}
	return made
}

// raw is JSON with values in it, which are JSON already.
func raw(format string, args ...any) json.RawMessage {
	return fmt.Appendf(nil, format, args...)
}
