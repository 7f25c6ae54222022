package console

import (
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
)

// policy of all pages but reports (Content Security Policy Level 3).
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// guard stands before everything: it sets the headers, refuses foreign names and
// foreign pages, bounds the body, and writes the log.
func (c *Console) guard(next http.Handler) http.Handler {
	next = c.origins.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		seen := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		defer func() { c.log(r, seen.status, began) }()
		headers(w.Header())
		switch {
		case !c.listens(r):
			c.refuse(seen, r, http.StatusForbidden, "This address answers the reverse proxy only.")
		case !c.knows(r.Host):
			c.refuse(seen, r, http.StatusMisdirectedRequest, "The console does not go by this name. Ask for localhost, or let whoever started it name this host.")
		default:
			r.Body = http.MaxBytesReader(w, r.Body, largestBody)
			next.ServeHTTP(seen, r)
		}
	})
}

func headers(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
	h.Set("Cache-Control", "no-store")
}

// listens tells whether the other end may talk to us: without TLS only loopback and
// the proxy may, for tokens would cross the network in the clear.
func (c *Console) listens(r *http.Request) bool {
	return r.TLS != nil || remote(r).IsLoopback() || c.trusted(r)
}

// knows tells whether a Host header is one of ours. A foreign name that points here
// would make its pages ours in the browser's eyes.
func (c *Console) knows(host string) bool {
	name := host
	if bare, _, err := net.SplitHostPort(host); err == nil {
		name = bare
	}
	name = strings.ToLower(strings.Trim(name, "[]"))
	return slices.Contains([]string{"localhost", "127.0.0.1", "::1"}, name) ||
		slices.ContainsFunc(c.config.Hosts, func(h string) bool { return strings.EqualFold(h, name) || strings.EqualFold(h, host) })
}

// log writes the path if it is one of ours: another one may hold anything, and
// queries may hold secrets.
func (c *Console) log(r *http.Request, status int, began time.Time) {
	if c.config.Log == nil {
		return
	}
	path := r.URL.Path
	if _, pattern := c.mux.Handler(r); pattern == "" || pattern == "/" {
		path = "no such page"
	}
	name := ""
	if p := c.who(r); p != nil {
		name = p.Name
	}
	c.config.Log.LogAttrs(r.Context(), slog.LevelInfo, "request", slog.String("method", r.Method), slog.String("path", path),
		slog.Int("status", status), slog.Duration("took", time.Since(began)), slog.String("by", name))
}

// statusWriter remembers the status for the log.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (s *statusWriter) WriteHeader(status int) {
	s.status = status
	s.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection.
func (s *statusWriter) Unwrap() http.ResponseWriter { return s.ResponseWriter }
