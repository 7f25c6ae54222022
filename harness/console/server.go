package console

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// Console serves the pages.
type Console struct {
	config   Config
	key      []byte
	sessions sessions
	limits   *limits
	origins  http.CrossOriginProtection
	book     *book
	fan      *fan
	mux      *http.ServeMux
	handler  http.Handler
}

// New makes the console. It starts nothing.
func New(config Config) (*Console, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	config.Session = cmp.Or(config.Session, 12*time.Hour)
	config.Viewers = cmp.Or(config.Viewers, 1000)
	c := &Console{config: config, key: []byte(NewToken()), limits: newLimits(), mux: http.NewServeMux()}
	c.sessions.byID = map[[32]byte]*person{}
	for _, host := range config.Hosts {
		if err := c.origins.AddTrustedOrigin("https://" + host); err != nil {
			return nil, fmt.Errorf("host %q: name it as in an address, such as drill.example.org: %w", host, err)
		}
	}
	c.origins.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.refuse(w, r, http.StatusForbidden, "This form was sent by another site. Use the console's own page.")
	}))
	c.book = &book{board: config.Board}
	c.fan = newFan(c.book, config.Viewers)
	c.routes()
	c.handler = c.guard(c.mux)
	return c, nil
}

// ServeHTTP serves one request.
func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) { c.handler.ServeHTTP(w, r) }

func (c *Console) routes() {
	c.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		c.refuse(w, r, http.StatusNotFound, "There is no such page.")
	})
	c.mux.HandleFunc("GET /style.css", asset("style.css", "text/css"))
	c.mux.HandleFunc("GET /script.js", asset("script.js", "text/javascript"))
	c.mux.HandleFunc("GET /icon.svg", asset("icon.svg", "image/svg+xml"))
	c.mux.HandleFunc("GET /login", c.loginPage)
	c.mux.HandleFunc("POST /login", c.login)
	c.mux.HandleFunc("POST /logout", c.logout)
	if c.config.Shelf != nil {
		c.mux.HandleFunc("GET /history", c.read(c.historyPage))
		c.mux.HandleFunc("GET /programme", c.read(c.programmePage))
		c.mux.HandleFunc("GET /trends", c.read(c.trendsPage))
		c.mux.HandleFunc("GET /report/{id}/{format}", c.read(c.report))
	}
	if c.config.Board == nil {
		c.mux.Handle("GET /{$}", http.RedirectHandler("/history", http.StatusSeeOther))
		return
	}
	c.mux.HandleFunc("GET /{$}", c.read(c.livePage))
	c.mux.HandleFunc("GET /wall", c.read(c.wallPage))
	c.mux.HandleFunc("GET /live", c.read(c.live))
	c.mux.HandleFunc("GET /wall/live", c.read(c.wallLive))
	c.mux.HandleFunc("GET /answer", c.answerPage)
	c.mux.HandleFunc("POST /answer", c.answer)
	c.mux.HandleFunc("GET /answered", c.answeredPage)
	for path, f := range forms {
		c.mux.HandleFunc("POST "+path, c.act(f))
	}
}

// Serve answers on a listener until the context ends. It refuses to listen beyond
// loopback unless the configuration allows it and something encrypts.
func (c *Console) Serve(ctx context.Context, l net.Listener) error {
	if err := c.config.mayListen(l.Addr()); err != nil {
		return errors.Join(err, l.Close())
	}
	if c.config.TLS != nil {
		own := c.config.TLS.Clone()
		own.NextProtos = []string{"http/1.1"}
		l = tls.NewListener(l, own)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	server := &http.Server{
		Handler: c, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 20 * time.Second, WriteTimeout: time.Minute, IdleTimeout: time.Minute,
		MaxHeaderBytes: 16 << 10, ErrorLog: quiet, BaseContext: func(net.Listener) context.Context { return ctx },
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	select {
	case err := <-ended:
		return fmt.Errorf("the console can no longer be reached: %w", err)
	case <-ctx.Done():
	}
	return c.shutDown(server, ended)
}

// shutDown lets answers under way be given. Live views end with the context.
func (c *Console) shutDown(server *http.Server, ended <-chan error) error {
	ctx, stop := context.WithTimeout(context.Background(), 5*time.Second)
	defer stop()
	err := server.Shutdown(ctx)
	if err != nil {
		err = errors.Join(err, server.Close())
	}
	<-ended
	return err
}

func (c Config) mayListen(at net.Addr) error {
	tcp, ok := at.(*net.TCPAddr)
	if ok && tcp.IP.IsLoopback() {
		return nil
	}
	if !c.Allow {
		return fmt.Errorf("%s is not a loopback address: listen on 127.0.0.1, or allow other addresses by name", at)
	}
	if c.TLS == nil && c.Proxy == nil {
		return fmt.Errorf("on %s tokens would cross the network in the clear: give the console a certificate, or the addresses of a reverse proxy", at)
	}
	return nil
}
