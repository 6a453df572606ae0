package deliver_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/acrhost/acrhost/host/capability/deliver"
	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/store"
	"github.com/acrhost/acrhost/host/store/memory"
)

var message = deliver.Message{Channel: "sms", To: "+15555550101", Subject: "Your code", Text: "Your code is 123456."}

func clock() time.Time { return time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC) }

func TestGateway(t *testing.T) {
	var got map[string]string
	var bearer string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		bearer = r.Header.Get("Authorization")
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Error(err)
		}
		w.WriteHeader(http.StatusAccepted)
	}))
	defer server.Close()
	sender, err := deliver.New(config.Sender{Type: "http", URL: server.URL, Bearer: "k3y"}, nil, clock)
	if err != nil {
		t.Fatal(err)
	}
	if err := sender.Send(t.Context(), message); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"to": message.To, "text": message.Text}
	if diff := cmp.Diff(want, got); diff != "" || bearer != "Bearer k3y" {
		t.Errorf("authorization %q %s", bearer, diff)
	}
}

// A gateway that fails or points elsewhere: an error, no second request, and
// nothing of the message, the key or the address in its words.
func TestGatewayFails(t *testing.T) {
	var elsewhere atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	defer other.Close()
	for name, handle := range map[string]http.HandlerFunc{
		"503 that repeats what it got": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = io.Copy(w, r.Body)
		},
		"a redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
		},
		"no answer": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(handle)
			defer server.Close()
			sender, err := deliver.New(config.Sender{Type: "http", URL: server.URL + "/k3y", Bearer: "k3y"}, nil, clock)
			if err != nil {
				t.Fatal(err)
			}
			err = sender.Send(t.Context(), message)
			if err == nil {
				t.Fatal("the message was taken")
			}
			for _, secret := range []string{"123456", "5555550101", "k3y"} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("%v holds %s", err, secret)
				}
			}
		})
	}
	if elsewhere.Load() != 0 {
		t.Error("a redirect was followed")
	}
}

func TestNewRefuses(t *testing.T) {
	for name, c := range map[string]config.Sender{
		"no type":               {},
		"an unknown type":       {Type: "pigeon"},
		"a gateway without url": {Type: "http"},
		"a gateway in clear":    {Type: "http", URL: "http://sms.example.com"},
		"a gateway by ftp":      {Type: "http", URL: "ftp://sms.example.com"},
		"credentials in a url":  {Type: "http", URL: "https://user:pass@sms.example.com"},
		"smtp without a port":   {Type: "smtp", Addr: "mail.example.com", From: "a@example.com"},
		"smtp without a sender": {Type: "smtp", Addr: "mail.example.com:587"},
		"a sender of two lines": {Type: "smtp", Addr: "mail.example.com:587", From: "a@example.com\r\nBcc: b@example.com"},
	} {
		if _, err := deliver.New(c, memory.New(), clock); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func TestAll(t *testing.T) {
	outbox := memory.New()
	senders, err := deliver.All(config.Messages{SMS: config.Sender{Type: "outbox"}}, outbox, clock)
	if err != nil || len(senders) != 1 {
		t.Fatal(senders, err)
	}
	if err := senders[deliver.SMS].Send(t.Context(), message); err != nil {
		t.Fatal(err)
	}
	got, err := outbox.Messages(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	want := []store.Message{{At: clock(), To: message.To, Channel: "sms", Text: message.Text}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	_, err = deliver.All(config.Messages{SMS: config.Sender{Type: "x"}, Email: config.Sender{Type: "y"}}, outbox, clock)
	if err == nil || !strings.Contains(err.Error(), "messages.sms") || !strings.Contains(err.Error(), "messages.email") {
		t.Errorf("not every fault at once: %v", err)
	}
}
