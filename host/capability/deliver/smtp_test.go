package deliver_test

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"net"
	"net/http/httptest"
	"net/mail"
	"net/textproto"
	"strings"
	"testing"

	"github.com/acrhost/acrhost/host/capability/deliver"
	"github.com/acrhost/acrhost/host/config"
)

// mailServer speaks just enough SMTP, for one connection.
type mailServer struct {
	tls        *tls.Config // nil: it offers no STARTTLS
	refuse     string      // the verb that it answers with 550
	transcript []string    // commands, in order; TLS marks the switch
	document   string
}

func (m *mailServer) serve(connection net.Conn) {
	defer func() { connection.Close() }()
	text := textproto.NewConn(connection)
	_ = text.PrintfLine("220 mail.example.com")
	for {
		line, err := text.ReadLine()
		if err != nil {
			return
		}
		m.transcript = append(m.transcript, line)
		verb, _, _ := strings.Cut(line, " ")
		switch {
		case verb == m.refuse:
			_ = text.PrintfLine("550 %s", line)
		case verb == "EHLO" && m.tls != nil:
			_ = text.PrintfLine("250-mail.example.com\r\n250-STARTTLS\r\n250 AUTH PLAIN")
		case verb == "EHLO":
			_ = text.PrintfLine("250 mail.example.com")
		case verb == "STARTTLS":
			_ = text.PrintfLine("220 go")
			connection = tls.Server(connection, m.tls)
			text = textproto.NewConn(connection)
			m.transcript = append(m.transcript, "TLS")
		case verb == "AUTH":
			_ = text.PrintfLine("235 ok")
		case verb == "DATA":
			_ = text.PrintfLine("354 go")
			lines, err := text.ReadDotLines()
			if err != nil {
				return
			}
			m.document = strings.Join(lines, "\r\n")
			_ = text.PrintfLine("250 ok")
		case verb == "QUIT":
			_ = text.PrintfLine("221 bye")
			return
		default:
			_ = text.PrintfLine("250 ok")
		}
	}
}

// mailTo sends one message to the server and waits until the server is done.
func mailTo(t *testing.T, server *mailServer, c config.Sender, roots *x509.CertPool, m deliver.Message) error {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if connection, err := listener.Accept(); err == nil {
			server.serve(connection)
		}
	}()
	c.Type, c.Addr, c.From = "smtp", listener.Addr().String(), "Example Bank <login@example.com>"
	sender, err := deliver.New(c, nil, clock)
	if err != nil {
		t.Fatal(err)
	}
	smtp := sender.(*deliver.SMTP)
	smtp.TLS = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	err = smtp.Send(t.Context(), m)
	listener.Close()
	<-done
	return err
}

// certificate is a self-signed one for 127.0.0.1, and the roots that trust it.
func certificate(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	server := httptest.NewTLSServer(nil)
	t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	return &tls.Config{Certificates: server.TLS.Certificates, MinVersion: tls.VersionTLS12}, roots
}

var letter = deliver.Message{
	Channel: "email", To: "alice@example.com", Subject: "Your code – here",
	Text: "Your code is 123456.\n.\nQUIT\n" + strings.Repeat("ü", 100),
}

func TestSMTP(t *testing.T) {
	settings, roots := certificate(t)
	server := &mailServer{tls: settings}
	if err := mailTo(t, server, config.Sender{Username: "u", Password: "p"}, roots, letter); err != nil {
		t.Fatal(err)
	}
	clear, secret, found := strings.Cut(strings.Join(server.transcript, "\n"), "\nTLS\n")
	if !found || strings.Contains(clear, "AUTH") || !strings.Contains(secret, "AUTH PLAIN "+base64.StdEncoding.EncodeToString([]byte("\x00u\x00p"))) {
		t.Errorf("transcript %q", server.transcript)
	}
	if !strings.Contains(secret, "MAIL FROM:<login@example.com>") || !strings.Contains(secret, "RCPT TO:<alice@example.com>") {
		t.Errorf("transcript %q", server.transcript)
	}
	checkLetter(t, server.document)
}

// checkLetter reads the document as a mail program does.
func checkLetter(t *testing.T, document string) {
	t.Helper()
	read, err := mail.ReadMessage(strings.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"From": `"Example Bank" <login@example.com>`, "To": "<alice@example.com>",
		"Subject": "=?utf-8?q?Your_code_=E2=80=93_here?=", "Date": "Mon, 23 Nov 2026 07:00:00 +0000",
		"Bcc": "",
	} {
		if got := read.Header.Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	var body strings.Builder
	lines := bufio.NewScanner(read.Body)
	for lines.Scan() {
		if len(lines.Text()) > 76 {
			t.Errorf("a line of %d characters", len(lines.Text()))
		}
		body.WriteString(lines.Text())
	}
	text, err := base64.StdEncoding.DecodeString(body.String())
	if err != nil || string(text) != letter.Text {
		t.Errorf("%v: text %q", err, text)
	}
}

// Nothing is sent in the clear to a server that offers no TLS, or TLS that cannot
// be trusted, unless the configuration says so in words.
func TestSMTPNeedsTLS(t *testing.T) {
	settings, roots := certificate(t)
	for _, test := range []struct {
		name   string
		server *mailServer
		config config.Sender
		roots  *x509.CertPool
		ok     bool
	}{
		{"no STARTTLS", &mailServer{}, config.Sender{}, roots, false},
		{"a certificate of nobody", &mailServer{tls: settings}, config.Sender{}, x509.NewCertPool(), false},
		{"allowed in words", &mailServer{}, config.Sender{InsecureNoTLS: true}, roots, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := mailTo(t, test.server, test.config, test.roots, letter)
			sent := strings.Contains(strings.Join(test.server.transcript, "\n"), "MAIL")
			if (err == nil) != test.ok || sent != test.ok {
				t.Errorf("%v, transcript %q", err, test.server.transcript)
			}
		})
	}
}

// A server's refusal may repeat what it was given; the error does not.
func TestSMTPRefusals(t *testing.T) {
	for _, verb := range []string{"MAIL", "RCPT", "DATA"} {
		server := &mailServer{refuse: verb}
		err := mailTo(t, server, config.Sender{InsecureNoTLS: true}, nil, letter)
		if err == nil || strings.Contains(err.Error(), "alice") {
			t.Errorf("%s: %v", verb, err)
		}
	}
}

// What would become a second header or recipient is refused before anything is
// sent.
func TestSMTPHeaderInjection(t *testing.T) {
	for name, m := range map[string]deliver.Message{
		"in the address": {Channel: "email", To: "alice@example.com\r\nBcc: bob@example.com", Subject: "x", Text: "y"},
		"in the subject": {Channel: "email", To: "alice@example.com", Subject: "x\r\nBcc: bob@example.com", Text: "y"},
	} {
		sender, err := deliver.New(config.Sender{Type: "smtp", Addr: "127.0.0.1:1", From: "a@example.com"}, nil, clock)
		if err != nil {
			t.Fatal(err)
		}
		if err := sender.Send(t.Context(), m); err == nil || strings.Contains(err.Error(), "connect") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
