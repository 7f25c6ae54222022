package gameday

import (
	"context"
	"fmt"

	"maildrill/harness/gameday/channel"
	"maildrill/scenarios"
)

// senders opens the channels of an exercise when they are needed.
type senders struct {
	plan    scenarios.GameDay
	secrets channel.Secrets
}

// Channels sends over the channels that a game day names.
func Channels(g scenarios.GameDay, secrets channel.Secrets) Sender { return senders{g, secrets} }

func (s senders) Send(ctx context.Context, id string, m channel.Message) error {
	for _, c := range s.plan.Channels {
		if c.ID != id {
			continue
		}
		open, err := channel.Open(c, s.secrets)
		if err != nil {
			return err
		}
		_, err = open.Send(ctx, m)
		return err
	}
	return fmt.Errorf("there is no channel %q", id)
}
