package channel

import (
	"context"
	"crypto/x509"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf16"

	"maildrill/scenarios"
)

// webhook posts to one address what its format makes of a message.
type webhook struct {
	*poster
	format func(note) any
}

var formats = map[string]func(note) any{
	"": plainForm, "json": plainForm, "slack": slackForm, "teams": teamsForm, "mattermost": mattermostForm,
}

func openWebhook(c scenarios.Channel, secrets Secrets, trusted *x509.CertPool) (carrier, error) {
	format, ok := formats[c.Format]
	if !ok {
		return nil, fmt.Errorf("a webhook has no format %q", c.Format)
	}
	p, err := openPoster(c, secrets, trusted)
	if err != nil {
		return nil, err
	}
	return webhook{p, format}, nil
}

func (w webhook) carry(ctx context.Context, n note) (Receipt, error) {
	receipt, answer, err := w.post(ctx, http.MethodPost, w.at, encoded(w.format(n)))
	receipt.ID = w.hide.named(answer, "id")
	return receipt, err
}

const plainLimit = 16 << 10 // bytes of the text

// plain is the shape of doc.go.
type plain struct {
	Version  int       `json:"version"`
	ID       string    `json:"id"`
	Exercise string    `json:"exercise"`
	Kind     Kind      `json:"kind"`
	Real     bool      `json:"real"`
	Subject  string    `json:"subject"`
	Text     string    `json:"text"`
	To       []string  `json:"to"`
	Links    []Link    `json:"links"`
	At       time.Time `json:"at"`
}

func plainForm(n note) any {
	return plain{Version: 1, ID: n.id, Exercise: n.exercise, Kind: n.kind, Real: n.kind == Real, Subject: n.title(maxSubject),
		Text: n.body(plainLimit), To: append([]string{}, n.to...), Links: append([]Link{}, n.links...), At: n.at}
}

// Slack's limits count what is escaped.
const (
	slackHeader = 150
	slackText   = 3000
)

type (
	slackWords struct {
		Type     string `json:"type"`
		Text     string `json:"text"`
		Verbatim bool   `json:"verbatim,omitempty"`
	}
	slackBlock struct {
		Type string     `json:"type"`
		Text slackWords `json:"text"`
	}
	slack struct {
		Text   string       `json:"text"`
		Blocks []slackBlock `json:"blocks"`
		// A preview would open the link.
		UnfurlLinks bool `json:"unfurl_links"`
		UnfurlMedia bool `json:"unfurl_media"`
	}
)

func slackForm(n note) any {
	s := slack{Text: slackCut(n.title(slackHeader)), Blocks: []slackBlock{
		{"header", slackWords{Type: "plain_text", Text: n.title(slackHeader)}},
	}}
	section := func(text string) {
		s.Blocks = append(s.Blocks, slackBlock{"section", slackWords{"mrkdwn", text, true}})
	}
	if n.text != "" {
		section(slackCut(n.mark + "\n" + n.text))
	}
	for _, l := range n.links {
		section("<" + slackEscapes.Replace(l.URL) + "|" + slackEscapes.Replace(strings.ReplaceAll(l.Title, "|", "/")) + ">")
	}
	return s
}

var slackEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

func slackCut(s string) string {
	return slackEscapes.Replace(cut(s, slackText, func(r rune) int {
		if escaped := slackEscapes.Replace(string(r)); len(escaped) > len(string(r)) {
			return len(escaped)
		}
		return max(1, utf16.RuneLen(r))
	}))
}

const mattermostText = 16383 // characters

type mattermost struct {
	Text     string `json:"text"`
	Username string `json:"username"`
}

func mattermostForm(n note) any {
	head := n.mark + "\n" + mattermostEscape(n.subject)
	tail := ""
	for _, l := range n.links {
		tail += "\n[" + mattermostEscape(l.Title) + "](" + l.URL + ")"
	}
	limit := mattermostText - len([]rune(head+tail)) - len("\n\n\n")
	text := cut(n.text, limit, func(r rune) int { return len([]rune(mattermostEscape(string(r)))) })
	return mattermost{Text: strings.TrimSpace(strings.TrimSpace(head+"\n\n"+mattermostEscape(text)) + "\n" + tail), Username: "maildrill"}
}

// mattermostEscape leaves no Markdown in a text, above all no image and no link
// that says one thing and opens another.
func mattermostEscape(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune("\\`*_[]#!|~>", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
