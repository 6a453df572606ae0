package main

import (
	"crypto/tls"
	"fmt"

	"github.com/acrhost/acrhost/host/config"
)

// listenForCertificates is where clients show their certificates; without a listener
// nowhere. It asks for one and takes any: whether it is worth something is decided where a
// client authenticates, since some are signed by nobody (RFC 8705 2.2).
func listenForCertificates(c config.MTLS) (optionalListener, error) {
	if c.Listen == "" {
		return optionalListener{}, nil
	}
	l, err := tls.Listen("tcp", c.Listen, &tls.Config{
		Certificates: []tls.Certificate{*c.Certificate}, ClientAuth: tls.RequestClientCert,
		MinVersion: tls.VersionTLS12, CipherSuites: recommendedCiphers(),
	})
	if err != nil {
		return optionalListener{}, fmt.Errorf("listen on %s for certificates: %w (choose another listen in [mtls])", c.Listen, err)
	}
	return optionalListener{l}, nil
}

// recommendedCiphers are those of TLS 1.2 that RFC 9325 4.2 recommends, and no other may be
// accepted (FAPI 2.0 Security Profile 5.2.2). Those of TLS 1.3 are all fine.
func recommendedCiphers() []uint16 {
	return []uint16{
		tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
		tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
	}
}
