package page

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/hex"
	"net/http"

	"github.com/go-chi/chi/v5"
)

//go:embed assets/style.css
var styleCSS []byte

//go:embed assets/passkey.js
var passkeyJS []byte

// asset is a file that never changes under its path: the path has its digest.
type asset struct {
	path        string
	contentType string
	body        []byte
}

func stylesheet() asset { return newAsset(styleCSS, ".css", "text/css; charset=utf-8") }

func passkeyScript() asset { return newAsset(passkeyJS, ".js", "text/javascript; charset=utf-8") }

func newAsset(body []byte, suffix, contentType string) asset {
	sum := sha256.Sum256(body)
	return asset{path: "/assets/" + hex.EncodeToString(sum[:8]) + suffix, contentType: contentType, body: body}
}

// Routes adds what pages load.
func (p *Pages) Routes(r chi.Router) {
	for path, a := range p.assets {
		r.Get(path, a.serve)
		r.Head(path, a.serve)
	}
}

func (a asset) serve(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h.Set("Content-Type", a.contentType)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(a.body) // who went away does not read it
}

// hashOf is the source that allows one inline script.
func hashOf(script string) string {
	sum := sha256.Sum256([]byte(script))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
