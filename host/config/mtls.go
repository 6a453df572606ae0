package config

import (
	"crypto/tls"
	"crypto/x509"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// MTLS says where certificates of clients come from (RFC 8705). The zero value: nowhere.
type MTLS struct {
	// Listen is a host:port of its own where TLS asks for a certificate: on the main one a
	// browser would bother its user with the question. Empty: there is none.
	Listen string
	// Certificate is the server's own there.
	Certificate *tls.Certificate
	// Header is what proxies of TrustedProxies tell a client's certificate in; empty: none.
	Header string
	// ClientCAs are those whose word tls_client_auth takes; nil: nobody's.
	ClientCAs *x509.CertPool
	// URL is where clients with certificates find the provider, without a slash at the end
	// (RFC 8705 5, mtls_endpoint_aliases); empty: at the issuer.
	URL string
}

// On says whether clients can show certificates at all.
func (m MTLS) On() bool { return m.Listen != "" || m.Header != "" }

func (r *reader) mtls(t *table, c *Config) {
	if t = t.sub("mtls"); t == nil {
		return
	}
	defer t.close()
	m := &c.MTLS
	t.checked("listen", &m.Listen, checkListen)
	r.mtlsServer(t, m)
	t.checked("header", &m.Header, checkHeader)
	t.checked("url", &m.URL, checkIssuer)
	m.ClientCAs = r.pool(t, "client_ca")
	switch {
	case !t.has("listen") && !t.has("header"):
		r.fault(t.node.pos, `listen = "0.0.0.0:8443", or header = "Client-Cert" behind a proxy`, "%s says neither listen nor header: no certificate can come", t.name)
	case m.Listen != "" && (m.Listen == c.Listen || m.Listen == c.Metrics.Listen):
		r.fault(t.pos("listen"), `listen = "0.0.0.0:8443"`, "listen in %s is taken by something else", t.name)
	case m.Header != "" && len(c.TrustedProxies) == 0:
		r.fault(t.pos("header"), `trusted_proxies = ["10.0.0.0/8"]`, "header in %s would be believed from nobody: there are no trusted_proxies", t.name)
	}
}

// mtlsServer reads the server's own certificate.
func (r *reader) mtlsServer(t *table, m *MTLS) {
	var cert, key string
	t.path("cert", &cert)
	t.path("key", &key)
	switch {
	case (cert != "" || key != "") && m.Listen == "":
		r.fault(t.node.pos, "add listen, or remove them", "cert and key in %s are for listen", t.name)
		return
	case m.Listen == "":
		return
	case cert == "" || key == "":
		r.fault(t.pos("listen"), `cert = "tls.pem" and key = "tls.key", both in PEM`, "listen in %s needs cert and key", t.name)
		return
	}
	certText, err1 := r.readWhole(cert)
	keyText, err2 := r.readWhole(key)
	for name, err := range map[string]error{"cert": err1, "key": err2} {
		if err != nil {
			r.fault(t.pos(name), "paths are relative to this file", "%s in %s can't be read: %v", name, t.name, reason(err))
		}
	}
	if err1 != nil || err2 != nil {
		return
	}
	pair, err := tls.X509KeyPair(certText, keyText)
	if err != nil {
		// Not the error: it could tell of the key.
		r.fault(t.pos("cert"), "openssl x509 -in FILE -noout -text prints a certificate", "cert and key in %s are not a certificate and its private key in PEM", t.name)
		return
	}
	m.Certificate = &pair
}

// pool reads a file of certificates; nil without one.
func (r *reader) pool(t *table, key string) *x509.CertPool {
	var path string
	if t.path(key, &path); path == "" {
		return nil
	}
	pem, err := r.readWhole(path)
	if err != nil {
		r.fault(t.pos(key), "paths are relative to this file", "%s in %s can't be read: %v", key, t.name, reason(err))
		return nil
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		r.fault(t.pos(key), "-----BEGIN CERTIFICATE----- begins one", "%s in %s holds no certificate in PEM", key, t.name)
	}
	return pool
}

// checkHeader wants a header that is about a certificate: any other could be one that the
// proxy passes on as the client wrote it.
func checkHeader(s string) *flaw {
	if !httpguts.ValidHeaderFieldName(s) || !strings.Contains(strings.ToLower(s), "cert") {
		return &flaw{"is " + quoted(s) + ", not a header for certificates", "Client-Cert (RFC 9440), X-Forwarded-Client-Cert or ssl-client-cert; the proxy must overwrite it in every request"}
	}
	return nil
}

// certificateAuth reads which certificate a client shows (RFC 8705 2.1.2 and 3.4).
func (r *reader) certificateAuth(t *table, cfg *Config, c *Client) {
	t.flag("tls_client_certificate_bound_access_tokens", &c.CertificateBoundAccessTokens)
	if (c.CertificateBoundAccessTokens || strings.Contains(c.TokenEndpointAuthMethod, "tls")) && !cfg.MTLS.On() {
		r.fault(t.node.pos, "add [mtls]", "%s needs certificates of clients, and there is no [mtls] by which they could come", t.name)
	}
	n := 0
	for key, to := range map[string]*string{
		"tls_client_auth_subject_dn": &c.Certificate.SubjectDN, "tls_client_auth_san_dns": &c.Certificate.SANDNS,
		"tls_client_auth_san_uri": &c.Certificate.SANURI, "tls_client_auth_san_ip": &c.Certificate.SANIP, "tls_client_auth_san_email": &c.Certificate.SANEmail,
	} {
		if t.text(key, to); *to != "" {
			n++
		}
	}
	switch byCA := c.TokenEndpointAuthMethod == "tls_client_auth"; {
	case byCA && n != 1:
		r.fault(t.pos("token_endpoint_auth_method"), `tls_client_auth_subject_dn = "CN=client,O=Example", or one of tls_client_auth_san_dns, _uri, _ip, _email`, "%s must name its certificate in one way, and does in %d", t.name, n)
	case byCA && cfg.MTLS.ClientCAs == nil:
		r.fault(t.pos("token_endpoint_auth_method"), `client_ca = "ca.pem" in [mtls]`, "%s uses tls_client_auth, and no authority is trusted", t.name)
	case !byCA && n > 0:
		r.fault(t.node.pos, `token_endpoint_auth_method = "tls_client_auth"`, "%s names a certificate that it does not use", t.name)
	}
	if err := c.Certificate.Check(); err != nil {
		r.fault(t.node.pos, "RFC 4514 and RFC 8705 section 2.1.2", "the certificate of %s: %v", t.name, err)
	}
}

// usesSecret says whether a way to authenticate takes a secret.
func usesSecret(method string) bool {
	return slices.Contains([]string{"client_secret_basic", "client_secret_post", "client_secret_jwt"}, method)
}
