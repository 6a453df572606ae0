package reference_test

import (
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/artifact/reference"
)

const digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

func TestParse(t *testing.T) {
	tests := map[string]struct {
		want  reference.Reference
		fault string
	}{
		"oci://registry.example.com/acme/risk:1.4":              {want: reference.Reference{Kind: reference.OCI, Host: "registry.example.com", Repository: "acme/risk", Tag: "1.4"}},
		"oci://registry.example.com:5000/risk@" + digest:        {want: reference.Reference{Kind: reference.OCI, Host: "registry.example.com:5000", Repository: "risk", Digest: digest}},
		"oci://r.example/a/b_c/d--e:v1@" + digest:               {want: reference.Reference{Kind: reference.OCI, Host: "r.example", Repository: "a/b_c/d--e", Tag: "v1", Digest: digest}},
		"oci+http://127.0.0.1:5000/risk:1":                      {want: reference.Reference{Kind: reference.OCI, Host: "127.0.0.1:5000", PlainHTTP: true, Repository: "risk", Tag: "1"}},
		"oci+http://[::1]:5000/risk:1":                          {want: reference.Reference{Kind: reference.OCI, Host: "[::1]:5000", PlainHTTP: true, Repository: "risk", Tag: "1"}},
		"https://acme.example.com/risk.wasm#" + digest:          {want: reference.Reference{Kind: reference.HTTPS, Host: "acme.example.com", Path: "https://acme.example.com/risk.wasm", Digest: digest}},
		"plugins/risk.wasm":                                     {want: reference.Reference{Kind: reference.File, Path: "plugins/risk.wasm"}},
		"oci://registry.example.com/acme/risk":                  {fault: "neither a tag nor a digest"},
		"oci://registry.example.com/acme/risk:":                 {fault: "no tag"},
		"oci://registry.example.com/acme/risk:a/b":              {fault: "no tag"},
		"oci://registry.example.com/acme/risk:1@sha256:12":      {fault: "no digest"},
		"oci://registry.example.com/acme/../risk:1":             {fault: "no repository"},
		"oci://registry.example.com/Acme/risk:1":                {fault: "no repository"},
		"oci://registry.example.com//risk:1":                    {fault: "no repository"},
		"oci://registry.example.com":                            {fault: "no registry's host"},
		"oci:///acme/risk:1":                                    {fault: "no registry's host"},
		"oci://user:secret@registry.example.com/risk:1":         {fault: "no digest"},
		"oci://a b/risk:1":                                      {fault: "no registry's host"},
		"oci+http://registry.example.com/risk:1":                {fault: "loopback addresses only"},
		"oci+http://127.0.0.1.example.com/risk:1":               {fault: "loopback addresses only"},
		"oci+http://localhost.example.com/risk:1":               {fault: "loopback addresses only"},
		"https://acme.example.com/risk.wasm":                    {fault: "needs the module's digest"},
		"https://acme:secret@acme.example.com/r.wasm#" + digest: {fault: "password"},
		"https:///risk.wasm#" + digest:                          {fault: "no address"},
		"http://acme.example.com/risk.wasm#" + digest:           {fault: `the scheme "http" is not known`},
		"file:///etc/passwd":                                    {fault: `the scheme "file" is not known`},
		strings.Repeat("a", 1025):                               {fault: "longer than"},
	}
	for in, tt := range tests {
		t.Run(in, func(t *testing.T) {
			got, err := reference.Parse(in)
			if tt.fault != "" {
				if err == nil || !strings.Contains(err.Error(), tt.fault) {
					t.Errorf("got %v, want %q", err, tt.fault)
				} else if strings.Contains(err.Error(), "secret") {
					t.Errorf("the fault shows a secret: %v", err)
				}
				return
			}
			if err != nil || got != tt.want {
				t.Errorf("got %+v, %v", got, err)
			}
			if got.String() != in {
				t.Errorf("written %q", got)
			}
		})
	}
}

func TestPlain(t *testing.T) {
	for in, want := range map[string]string{
		"oci://127.0.0.1:5000/risk:1":        "oci+http://127.0.0.1:5000/risk:1",
		"oci://localhost/risk:1":             "oci+http://localhost/risk:1",
		"risk.wasm":                          "risk.wasm",
		"oci://registry.example.com/risk:1":  "",
		"https://127.0.0.1/r.wasm#" + digest: "",
	} {
		r, err := reference.Parse(in)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := r.Plain(); (err != nil) != (want == "") || err == nil && got.String() != want {
			t.Errorf("%s: %s, %v", in, got, err)
		}
	}
	if _, err := reference.Remote("risk.wasm"); err == nil {
		t.Error("a file is no source")
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"oci://r.example/a:1@" + digest, "https://r.example/a#" + digest, "oci+http://[::1]:1/a:b", "a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := reference.Parse(s)
		if err != nil {
			return
		}
		if again, err := reference.Parse(r.String()); err != nil || again != r {
			t.Errorf("%q is written %q, which reads %+v, %v", s, r, again, err)
		}
	})
}
