package settle_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/acrhost/acrhost/host/settle"
	"github.com/acrhost/acrhost/host/store"
)

func lost(w http.ResponseWriter, _ *http.Request, err error) {
	http.Error(w, err.Error(), http.StatusInternalServerError)
}

// write makes something that is kept when end says so.
func write(ctx context.Context, end func() error) { store.PendingOf(ctx).Add(end) }

func serve(h http.HandlerFunc) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	w.Header().Set("X-Before", "stays")
	settle.Handler(h, lost)(w, httptest.NewRequest(http.MethodPost, "/", http.NoBody))
	return w
}

func TestAnswerWaits(t *testing.T) {
	for name, say := range map[string]func(http.ResponseWriter){
		"status": func(w http.ResponseWriter) { w.WriteHeader(http.StatusSeeOther) },
		"body":   func(w http.ResponseWriter) { _, _ = io.WriteString(w, "code") },
		"none":   func(http.ResponseWriter) {},
	} {
		t.Run(name, func(t *testing.T) {
			kept := false
			w := serve(func(w http.ResponseWriter, r *http.Request) {
				write(r.Context(), func() error { kept = true; return nil })
				w.Header().Set("Location", "https://app.example.com/?code=1")
				say(w)
			})
			if !kept || w.Code == http.StatusInternalServerError || w.Header().Get("Location") == "" {
				t.Errorf("%d %v, kept %v", w.Code, w.Header(), kept)
			}
		})
	}
}

// What is lost must not have been answered: no code, no cookie, no body.
func TestNothingLeavesThatIsLost(t *testing.T) {
	w := serve(func(w http.ResponseWriter, r *http.Request) {
		write(r.Context(), func() error { return errors.New("the disk is full") })
		w.Header().Set("Location", "https://app.example.com/?code=1")
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "1"})
		w.WriteHeader(http.StatusSeeOther)
		_, _ = io.WriteString(w, "code")
	})
	if w.Code != http.StatusInternalServerError || w.Header().Get("Location") != "" || w.Header().Get("Set-Cookie") != "" || w.Body.String() != "the disk is full\n" {
		t.Errorf("%d %v %q", w.Code, w.Header(), w.Body)
	}
	if w.Header().Get("X-Before") != "stays" {
		t.Error("what other handlers set is gone")
	}
}
