// Package httpcall is the step type http: one HTTP request to an address that the
// operator granted, with the answer in a variable.
package httpcall

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/acrhost/acrhost/sdk/go/abi"
	"github.com/acrhost/acrhost/sdk/go/capability"
	"github.com/acrhost/acrhost/sdk/go/step"
)

// Step is the configuration of a request.
type Step struct {
	URL      string            `json:"url" schema:"required,min=1" doc:"The address. It and the method must be granted: http_fetch in [plugins.standard.grant]."`
	Method   string            `json:"method" enum:"GET,HEAD,POST,PUT,PATCH,DELETE" default:"GET" doc:"The method."`
	Headers  map[string]string `json:"headers" doc:"Headers to send."`
	Body     Body              `json:"body" doc:"What to send: a text as it is, anything else as JSON."`
	Variable string            `json:"variable" schema:"required" pattern:"^[A-Za-z_][A-Za-z0-9_]*$" doc:"The variable that gets status and body. A JSON body is read."`
}

// Body is any value as JSON, kept as it came.
type Body json.RawMessage

// JSONSchema is any value.
func (Body) JSONSchema() string { return `{}` }

// UnmarshalJSON keeps the value.
func (b *Body) UnmarshalJSON(document []byte) error {
	*b = bytes.Clone(document)
	return nil
}

// Type is the step type.
func Type() step.Type {
	return step.Define[Step]("http", step.Description{
		Title:        "Make an HTTP request",
		Outcomes:     []string{"ok", "failed"},
		Writes:       abi.Writes{VarsFrom: []string{"/variable"}},
		Capabilities: []string{"http_fetch"},
		Fetches:      []string{"* config/url"},
	})
}

// maxBody bounds what of a body becomes a variable, in bytes.
const maxBody = 32 << 10

// Run asks, and is ok with a status from 200 to 299. A server that does not answer has
// the status 0. What is not granted is an error of the operator's.
func (s Step) Run(ctx *step.Context) step.Result {
	request, err := s.request()
	if err != nil {
		return step.Fail("config", err.Error())
	}
	answer, err := capability.FetchHTTP(ctx, request)
	switch step.Status(err) {
	case abi.OK:
	case abi.UpstreamFault, abi.LimitReached:
		return s.failed(0, nil)
	default:
		return step.Failed(err)
	}
	body, ok := bodyOf(answer)
	if !ok || answer.Status < 200 || answer.Status > 299 {
		return s.failed(answer.Status, body)
	}
	return step.Outcome("ok").WithVar(s.Variable, result(answer.Status, body))
}

func (s Step) request() (abi.HTTPFetch, error) {
	request := abi.HTTPFetch{Method: s.Method, URL: s.URL, Headers: map[string]string{}}
	for name, value := range s.Headers {
		request.Headers[strings.ToLower(name)] = value
	}
	var text string
	switch {
	case len(s.Body) == 0 || string(s.Body) == "null":
	case s.Body[0] == '"':
		if err := step.Unmarshal(s.Body, &text); err != nil {
			return request, err
		}
		request.Body = text
	default:
		request.Body = string(s.Body)
		if request.Headers["content-type"] == "" {
			request.Headers["content-type"] = "application/json"
		}
	}
	return request, nil
}

func (s Step) failed(status int, body any) step.Result {
	return step.Outcome("failed").WithVar(s.Variable, result(status, body))
}

func result(status int, body any) map[string]any {
	return map[string]any{"status": int64(status), "body": body}
}

// bodyOf reads a body: JSON where the server says so, else a text. One that is too long
// or is not the JSON that it claims to be is none.
func bodyOf(answer abi.HTTPFetched) (any, bool) {
	if len(answer.Body) > maxBody {
		return nil, false
	}
	media, _, _ := strings.Cut(answer.Headers["content-type"], ";")
	media = strings.ToLower(strings.TrimSpace(media))
	if media != "application/json" && !strings.HasSuffix(media, "+json") {
		return answer.Body, true
	}
	var value any
	if err := step.Unmarshal([]byte(answer.Body), &value); err != nil {
		return nil, false
	}
	return value, true
}
