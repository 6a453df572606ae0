package host

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"github.com/acrhost/acrhost/host/config"
	"github.com/acrhost/acrhost/host/form"
	"github.com/acrhost/acrhost/host/forwarded"
)

// maxBody bounds a request's body: forms and token requests are small.
const maxBody = 64 << 10

// router is an empty router with what every request goes through.
func router(log *slog.Logger, cfg *config.Config, fault http.HandlerFunc) *chi.Mux {
	r := chi.NewRouter()
	if strings.HasPrefix(cfg.Issuer, "https://") {
		r.Use(strictTransport)
		if !cfg.InsecureAllowRemote {
			r.Use(forwarded.HTTPS(cfg.TrustedProxies, log))
		}
	}
	r.Use(withRequestID, forwarded.Certificates(cfg.TrustedProxies, cfg.MTLS.Header, log), forwarded.From(cfg.TrustedProxies, log), form.At(cfg.Issuer), logged(log), recovered(log, fault), implemented, bounded)
	return r
}

// strictTransport has browsers come by https only from now on, for a year (RFC 6797 6.1,
// RFC 9700 4.14). Other hosts of the same domain are their operators' affair.
func strictTransport(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Strict-Transport-Security", "max-age=31536000")
		next.ServeHTTP(w, r)
	})
}

type requestIDKey struct{}

// withRequestID names each request. A name that came from outside is not taken.
func withRequestID(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestIDKey{}, rand.Text()[:12])))
	})
}

// requestID is the name of a request, or empty.
func requestID(r *http.Request) string {
	id, _ := r.Context().Value(requestIDKey{}).(string)
	return id
}

// logged logs each request: its path, never its query, which holds codes and
// what clients pass through.
func logged(log *slog.Logger) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !log.Enabled(r.Context(), slog.LevelInfo) {
				next.ServeHTTP(w, r)
				return
			}
			began := time.Now()
			ww := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
			next.ServeHTTP(ww, r)
			log.InfoContext(r.Context(), "request", "method", r.Method, "path", r.URL.Path,
				"status", ww.Status(), "bytes", ww.BytesWritten(), "took", time.Since(began), "from", forwarded.Address(r), "request", requestID(r))
		})
	}
}

// recovered answers a panic with a page and logs it. The panic's value stays in
// the log.
func recovered(log *slog.Logger, fault http.HandlerFunc) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer func() {
				switch p := recover(); p {
				case nil:
				case http.ErrAbortHandler:
					panic(p)
				default:
					log.ErrorContext(r.Context(), "panic", "value", p, "path", r.URL.Path, "request", requestID(r))
					fault(w, r)
				}
			}()
			next.ServeHTTP(w, r)
		})
	}
}

// implemented refuses methods that RFC 9110 9.3 and RFC 5789 don't have: to say 405, one has to
// say what is allowed in their place (RFC 9110 15.5.6), which the router does for those it knows.
func implemented(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
			http.MethodConnect, http.MethodOptions, http.MethodTrace:
			next.ServeHTTP(w, r)
		default:
			w.WriteHeader(http.StatusNotImplemented)
		}
	})
}

func bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		next.ServeHTTP(w, r)
	})
}
