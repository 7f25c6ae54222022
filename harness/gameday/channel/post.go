package channel

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"maildrill/scenarios"
)

const (
	maxTries     = 3
	firstPause   = 500 * time.Millisecond
	longestPause = 5 * time.Second
	maxRedirects = 3
)

// poster gives messages to a web address.
type poster struct {
	client *http.Client
	at     *url.URL
	token  string
	hide   redactor
	// pause is replaced in tests.
	pause func(ctx context.Context, d time.Duration) error
}

func openPoster(c scenarios.Channel, secrets Secrets, trusted *x509.CertPool) (*poster, error) {
	p := &poster{pause: pause, client: &http.Client{CheckRedirect: sameHost, Transport: &http.Transport{
		Proxy:           proxy,
		TLSClientConfig: &tls.Config{RootCAs: trusted, MinVersion: tls.VersionTLS12},
		// One message in minutes: a connection that was kept would be dead.
		DisableKeepAlives: true, MaxResponseHeaderBytes: maxAnswer,
	}}}
	address, key, err := c.URL, "url", error(nil)
	if c.URLFrom != "" {
		key = "url_from"
		if address, err = secrets.resolve(c.URLFrom); err != nil {
			return nil, fmt.Errorf("url_from: %w", err)
		}
	}
	if p.at, err = url.Parse(address); err != nil || p.at.Host == "" || p.at.Scheme != "https" && p.at.Scheme != "http" {
		return nil, fmt.Errorf("%s: it is no web address: give https:// and a host", key)
	}
	p.hide.addURL(p.at)
	if c.TokenFrom != "" {
		if p.token, err = secrets.resolve(c.TokenFrom); err != nil {
			return nil, fmt.Errorf("token_from: %w", err)
		}
		p.hide.add(p.token)
	}
	return p, nil
}

// proxy keeps a proxy that cannot be read, and its password, out of errors.
func proxy(request *http.Request) (*url.URL, error) {
	at, err := http.ProxyFromEnvironment(request)
	if err != nil {
		return nil, errors.New("the proxy that the environment names is no web address: correct HTTPS_PROXY")
	}
	return at, nil
}

// sameHost follows a redirect only where the message goes on to the same host:
// another one must not learn the token, and a POST that becomes a GET says nothing.
func sameHost(next *http.Request, via []*http.Request) error {
	first := via[0]
	switch {
	case next.URL.Host != first.URL.Host || next.URL.Scheme != first.URL.Scheme:
		return fmt.Errorf("it redirects to another place (%s://%s): give that address if it is the right one", line(next.URL.Scheme), line(next.URL.Host))
	case next.Method != first.Method:
		return errors.New("it redirects and would drop the message: give the address that it redirects to")
	case len(via) > maxRedirects:
		return fmt.Errorf("it redirects more than %d times", maxRedirects)
	}
	return nil
}

// post sends JSON, and again if the other side is busy. What is sent again has
// the same id.
func (p *poster) post(ctx context.Context, method string, at *url.URL, body []byte) (Receipt, []byte, error) {
	var receipt Receipt
	for wait := firstPause; ; wait *= 2 {
		receipt.Tries++
		answer, text, err := p.once(ctx, method, at, body)
		if err != nil {
			return receipt, nil, p.hide.failed(at.Host, err, context.DeadlineExceeded, context.Canceled)
		}
		receipt.Status = fmt.Sprintf("%d %s", answer.StatusCode, http.StatusText(answer.StatusCode))
		if answer.StatusCode/100 == 2 {
			return receipt, text, nil
		}
		refusal := fmt.Errorf("it answered %s%s", receipt.Status, said(text))
		if receipt.Tries == maxTries || answer.StatusCode != http.StatusTooManyRequests && answer.StatusCode/100 != 5 {
			return receipt, nil, p.hide.failed(at.Host, refusal)
		}
		asked, err := until(answer.Header.Get("Retry-After"), wait)
		if err == nil {
			err = p.pause(ctx, asked)
		}
		if err != nil {
			return receipt, nil, p.hide.failed(at.Host, fmt.Errorf("%w; %w", err, refusal), context.DeadlineExceeded, context.Canceled)
		}
	}
}

func (p *poster) once(ctx context.Context, method string, at *url.URL, body []byte) (*http.Response, []byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, at.String(), bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "maildrill")
	if p.token != "" {
		request.Header.Set("Authorization", "Bearer "+p.token)
	}
	answer, err := p.client.Do(request)
	if err != nil {
		return nil, nil, err
	}
	defer answer.Body.Close()
	// An answer that breaks off is an answer: the status is what counts.
	text, _ := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	return answer, text, nil
}

func said(text []byte) string {
	if len(bytes.TrimSpace(text)) == 0 {
		return ""
	}
	return fmt.Sprintf(" and said: %s", text)
}

// until reads Retry-After. A wish that is too long for us ends it: to come back
// earlier would only be refused again.
func until(after string, otherwise time.Duration) (time.Duration, error) {
	wait := otherwise
	if seconds, err := strconv.ParseUint(after, 10, 31); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(after); err == nil {
		wait = max(0, time.Until(at))
	}
	if wait > longestPause {
		return 0, fmt.Errorf("it asks to wait %s, longer than the %s that a message waits", wait.Round(time.Second), longestPause)
	}
	return wait, nil
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// named finds the name that the other side gave to the message.
func (r redactor) named(answer []byte, key string) string {
	var all map[string]any
	if json.Unmarshal(answer, &all) != nil {
		return ""
	}
	switch id := all[key].(type) {
	case string:
		return r.excerpt(id)
	case float64:
		return strconv.FormatFloat(id, 'f', -1, 64)
	}
	return ""
}

// encoded is JSON as it is read by people: <, > and & stay.
func encoded(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // strings, numbers and lists of them
	return bytes.TrimSpace(b.Bytes())
}
