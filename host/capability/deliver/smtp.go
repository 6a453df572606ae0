package deliver

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/smtp"
	"time"

	"github.com/acrhost/acrhost/host/config"
)

// submissions is the port on which TLS comes first, RFC 8314 section 3.3.
const submissions = "465"

// SMTP delivers mail to one server.
type SMTP struct {
	// TLS is the configuration for STARTTLS and port 465; nil: the system's roots.
	TLS *tls.Config

	addr, host, port string
	username         string
	password         config.Secret
	from             *mail.Address
	insecureNoTLS    bool
	now              func() time.Time
}

func newSMTP(c config.Sender, now func() time.Time) (*SMTP, error) {
	host, port, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return nil, fmt.Errorf("addr: it must be host:port: %w", err)
	}
	from, err := mail.ParseAddress(c.From)
	if err != nil || CheckAddress(Email, from.Address) != nil {
		return nil, errors.New("from: it must be a mail address")
	}
	return &SMTP{
		addr: c.Addr, host: host, port: port,
		username: c.Username, password: c.Password,
		from: from, insecureNoTLS: c.InsecureNoTLS, now: now,
	}, nil
}

// Send hands the message to the server. Without TLS it sends nothing, unless the
// configuration says insecure_no_tls.
func (s *SMTP) Send(ctx context.Context, m Message) error {
	if err := CheckAddress(Email, m.To); err != nil {
		return fmt.Errorf("smtp: %w", err)
	}
	document, err := s.compose(m)
	if err != nil {
		return fmt.Errorf("smtp: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	client, err := s.connect(ctx)
	if err != nil {
		return fmt.Errorf("smtp: %w", err)
	}
	defer client.Close()
	if err := s.submit(client, m.To, document); err != nil {
		return err
	}
	// The server has taken the message: how the goodbye goes no longer matters.
	_ = client.Quit()
	return nil
}

// connect gives a client that is encrypted and logged in.
func (s *SMTP) connect(ctx context.Context) (*smtp.Client, error) {
	connection, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.addr)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	if deadline, ok := ctx.Deadline(); ok {
		if err := connection.SetDeadline(deadline); err != nil {
			return nil, errors.Join(err, connection.Close())
		}
	}
	if s.port == submissions {
		connection = tls.Client(connection, s.tlsConfig())
	}
	client, err := smtp.NewClient(connection, s.host)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("greet: %w", err), connection.Close())
	}
	if err := s.prepare(client); err != nil {
		return nil, errors.Join(err, client.Close())
	}
	return client, nil
}

func (s *SMTP) prepare(client *smtp.Client) error {
	if s.port != submissions {
		// RFC 3207: who removes STARTTLS from the answer must not get plain text.
		if offered, _ := client.Extension("STARTTLS"); offered {
			if err := client.StartTLS(s.tlsConfig()); err != nil {
				return fmt.Errorf("starttls: %w", err)
			}
		} else if !s.insecureNoTLS {
			return errors.New("the server offers no STARTTLS")
		}
	}
	if s.username == "" {
		return nil
	}
	// PlainAuth itself refuses to send a password in the clear.
	if client.Auth(smtp.PlainAuth("", s.username, s.password.Reveal(), s.host)) != nil {
		return errors.New("the server refused the user name and password")
	}
	return nil
}

func (s *SMTP) tlsConfig() *tls.Config {
	c := s.TLS.Clone()
	if c == nil {
		c = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	c.ServerName = s.host
	return c
}

// submit gives only the act that failed: a server's words may repeat the
// address.
func (s *SMTP) submit(client *smtp.Client, to string, document []byte) error {
	if client.Mail(s.from.Address) != nil {
		return errors.New("smtp: the server refused the sender's address")
	}
	if client.Rcpt(to) != nil {
		return errors.New("smtp: the server refused the recipient's address")
	}
	w, err := client.Data()
	if err != nil {
		return errors.New("smtp: the server takes no message")
	}
	_, err = w.Write(document)
	if err = errors.Join(err, w.Close()); err != nil {
		return errors.New("smtp: the server did not take the message")
	}
	return nil
}
