package channel

import (
	"context"
	"crypto/x509"
	"errors"
	"net/http"
	"strings"

	"maildrill/scenarios"
)

// ntfy publishes JSON to the server's root.
type ntfy struct {
	*poster
	topic string
}

const ntfyMessage = 4096 // bytes; more becomes an attachment

func openNtfy(c scenarios.Channel, secrets Secrets, trusted *x509.CertPool) (carrier, error) {
	p, err := openPoster(c, secrets, trusted)
	switch {
	case err != nil:
		return nil, err
	case strings.Trim(p.at.Path, "/") != "":
		return nil, errors.New("the address of ntfy is the server's root: the topic belongs in `room`")
	case c.Room == "":
		return nil, errors.New("ntfy needs the topic in `room`")
	}
	p.at.Path = "/"
	return ntfy{p, c.Room}, nil
}

type ntfyForm struct {
	Topic    string   `json:"topic"`
	Title    string   `json:"title"`
	Message  string   `json:"message"`
	Priority int      `json:"priority"`
	Tags     []string `json:"tags"`
	Click    string   `json:"click,omitempty"`
}

// priorities are those that wake somebody; 3 is the usual one.
var priorities = map[Kind]int{Real: 5, Stop: 5, RollCall: 4, Inject: 4}

func (t ntfy) form(n note) ntfyForm {
	f := ntfyForm{Topic: t.topic, Title: n.title(maxSubject), Message: n.below(n.mark, ntfyMessage), Priority: 3, Tags: []string{"exercise", string(n.kind)}}
	if p, ok := priorities[n.kind]; ok {
		f.Priority = p
	}
	if n.kind == Real {
		f.Tags = []string{"rotating_light", string(n.kind)}
	}
	if len(n.links) > 0 {
		f.Click = n.links[0].URL
	}
	return f
}

func (t ntfy) carry(ctx context.Context, n note) (Receipt, error) {
	receipt, answer, err := t.post(ctx, http.MethodPost, t.at, encoded(t.form(n)))
	receipt.ID = t.hide.named(answer, "id")
	return receipt, err
}
