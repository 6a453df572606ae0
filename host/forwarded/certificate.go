package forwarded

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
)

// maxCertificate is the longest header that is looked at, in bytes.
const maxCertificate = 32 << 10

type certificateKey struct{}

// Certificates finds out which certificate the client of each request proved to hold, for
// ClientCertificate. From a proxy of the operator's it is what header says, and nothing
// else: the connection's own certificate is then the proxy's. From anybody else it is the
// connection's, and the header counts for nothing: anybody can write it. No header, or no
// proxies: only connections count. It has to come before From, which changes the peer.
func Certificates(proxies []netip.Prefix, header string, log *slog.Logger) func(http.Handler) http.Handler {
	var once sync.Once
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			trusted := within(proxies, Address(r))
			var said []string
			if header != "" {
				said = r.Header.Values(header)
			}
			var chain []*x509.Certificate
			switch {
			case !trusted && len(said) > 0:
				once.Do(func() {
					log.WarnContext(r.Context(), header+" from a peer that is not in trusted_proxies is ignored; if it is your proxy, name it", "peer", Address(r))
				})
				chain = ofConnection(r)
			case !trusted:
				chain = ofConnection(r)
			case len(said) > 0:
				one, err := certificate(said)
				if err != nil {
					log.WarnContext(r.Context(), header+" of a proxy can't be read: the request counts as one without a certificate", "error", err)
				} else {
					chain = []*x509.Certificate{one}
				}
			}
			if chain != nil {
				r = r.WithContext(context.WithValue(r.Context(), certificateKey{}, chain))
			}
			next.ServeHTTP(w, r)
		})
	}
}

// ClientCertificate is the certificate whose key the client of a request proved to hold,
// followed by what it sent to go with it; nil for none. Whoever signed it is not checked.
func ClientCertificate(r *http.Request) []*x509.Certificate {
	chain, _ := r.Context().Value(certificateKey{}).([]*x509.Certificate)
	return chain
}

func ofConnection(r *http.Request) []*x509.Certificate {
	if r.TLS == nil || len(r.TLS.PeerCertificates) == 0 {
		return nil
	}
	return r.TLS.PeerCertificates
}

// certificate reads a proxy's header in whichever of the usual forms it is: RFC 9440
// (:base64:), PEM with percent-encoding (nginx, HAProxy), Envoy's Cert="…", or bare base64
// (Traefik). A header that comes twice, or names several certificates, is refused: one of
// them could be the client's own invention.
func certificate(said []string) (*x509.Certificate, error) {
	if len(said) != 1 || len(said[0]) > maxCertificate {
		return nil, errors.New("it came more than once, or is too long")
	}
	der, err := encoded(strings.TrimSpace(said[0]))
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

func encoded(text string) ([]byte, error) {
	if inner, ok := strings.CutPrefix(text, ":"); ok {
		inner, ok = strings.CutSuffix(inner, ":")
		if !ok {
			return nil, errors.New("it does not end in a colon")
		}
		return base64.StdEncoding.Strict().DecodeString(inner)
	}
	if _, rest, ok := strings.Cut(text, `Cert="`); ok {
		value, after, ok := strings.Cut(rest, `"`)
		if !ok || strings.Contains(after, ",") || strings.Contains(after, `Cert="`) {
			return nil, errors.New("it names several certificates, or none whole")
		}
		text = value
	}
	if strings.Contains(text, "%") || strings.Contains(text, "-----BEGIN") {
		return fromPEM(text)
	}
	return base64.StdEncoding.Strict().DecodeString(text)
}

func fromPEM(text string) ([]byte, error) {
	plain, err := url.PathUnescape(text) // a plus is one of base64's
	if err != nil {
		return nil, err
	}
	block, rest := pem.Decode([]byte(plain))
	if block == nil || block.Type != "CERTIFICATE" || strings.TrimSpace(string(rest)) != "" {
		return nil, errors.New("it is not one certificate in PEM")
	}
	return block.Bytes, nil
}
