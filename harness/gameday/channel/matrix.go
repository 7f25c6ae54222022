package channel

import (
	"context"
	"crypto/x509"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"maildrill/scenarios"
)

// matrix puts a message into a room. The transaction is the message's id, so the
// server takes it once however often it is sent.
type matrix struct {
	*poster
	room string
}

const matrixText = 32 << 10 // bytes; an event may have 64 KiB, escaped

func openMatrix(c scenarios.Channel, secrets Secrets, trusted *x509.CertPool) (carrier, error) {
	p, err := openPoster(c, secrets, trusted)
	switch {
	case err != nil:
		return nil, err
	case !strings.HasPrefix(c.Room, "!"):
		return nil, errors.New("matrix needs the room's id in `room`; such an id begins with \"!\"")
	case p.token == "":
		return nil, errors.New("matrix needs an access token: say with `token_from` where it is")
	}
	return matrix{p, c.Room}, nil
}

func (x matrix) carry(ctx context.Context, n note) (Receipt, error) {
	// JoinPath takes what is escaped, and the room has characters of its own.
	at := x.at.JoinPath("_matrix/client/v3/rooms", url.PathEscape(x.room), "send/m.room.message", n.id)
	receipt, answer, err := x.post(ctx, http.MethodPut, at, encoded(map[string]string{"msgtype": "m.text", "body": n.body(matrixText)}))
	receipt.ID = x.hide.named(answer, "event_id")
	return receipt, err
}
