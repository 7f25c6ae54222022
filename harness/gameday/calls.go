package gameday

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"maildrill/harness/exercise"
	"maildrill/harness/gameday/channel"
	"maildrill/scenarios"
)

// Sender sends a message over one channel of the exercise, by its id.
type Sender interface {
	Send(ctx context.Context, channelID string, m channel.Message) error
}

// letters of one-time codes: none that is taken for another when it is read out.
const letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

// NewCode gives a one-time code of 60 bits, "K7QX-3MTP-9A2F", and its SHA-256.
func NewCode() (code, sum string) {
	b := make([]byte, 12)
	_, _ = rand.Read(b) // it never fails on the platforms we support
	for i := range b {
		b[i] = letters[int(b[i])%len(letters)]
	}
	code = string(b[:4]) + "-" + string(b[4:8]) + "-" + string(b[8:])
	return code, exercise.CodeSum(code)
}

// Link gives the page on which a code is answered; empty: there is none.
type Link func(code string) string

// Called is a person who was called, and why that failed.
type Called struct {
	Person, Role, Channel string
	Err                   error
}

// CallRoll asks everybody who has a channel whether they are there. The line with
// the digest of a code is written before the code goes out, so that no answer can
// come too early.
func CallRoll(ctx context.Context, log *Log, send Sender, who exercise.Actor, link Link) (all []Called, err error) {
	plan := log.Plan()
	for _, p := range plan.Parts() {
		if p.Channel == "" {
			continue
		}
		code, sum := NewCode()
		call := exercise.Calling{Person: p.Name, Role: p.Role, Channel: p.Channel, Code: sum}
		if _, err := log.Append(who, exercise.RollCalled, call); err != nil {
			return all, err
		}
		failed := send.Send(ctx, p.Channel, rollMessage(plan, p, code, link))
		if failed != nil {
			call.Failed = failed.Error()
			if _, err := log.Append(who, exercise.RollCalled, call); err != nil {
				return all, err
			}
		}
		all = append(all, Called{p.Name, p.Role, p.Channel, failed})
	}
	return all, nil
}

func rollMessage(g scenarios.GameDay, p scenarios.Role, code string, link Link) channel.Message {
	m := channel.Message{
		Exercise: g.Metadata.Name, Kind: channel.RollCall, Subject: "Roll-call: " + g.Metadata.Title, To: addresses(p), At: time.Now(),
		Text: fmt.Sprintf("%s, you are %s of the exercise %q. Answer with this code: %s", p.Name, p.Role, g.Metadata.Title, code),
	}
	return linked(m, code, link)
}

func addresses(p scenarios.Role) []string {
	if p.Address == "" {
		return nil
	}
	return []string{p.Address}
}

func linked(m channel.Message, code string, link Link) channel.Message {
	if link == nil {
		return m
	}
	if page := link(code); page != "" {
		m.Links = []channel.Link{{Title: "Answer", URL: page}}
	}
	return m
}

// SendNotice sends a notice to those whom the exercise touches.
func SendNotice(ctx context.Context, log *Log, send Sender, who exercise.Actor, id string, link Link) error {
	plan := log.Plan()
	for _, n := range plan.Notices {
		if n.ID == id {
			return notice(ctx, log, send, who, n, link)
		}
	}
	_, err := log.Append(who, exercise.NoticeSent, exercise.Sending{ID: id}) // says which there are
	return err
}

func notice(ctx context.Context, log *Log, send Sender, who exercise.Actor, n scenarios.Notice, link Link) error {
	plan := log.Plan()
	m := channel.Message{Exercise: plan.Metadata.Name, Kind: channel.Notice, Subject: plan.Metadata.Title, Text: n.Text, At: time.Now()}
	sending := exercise.Sending{ID: n.ID}
	if n.Acknowledge {
		code, sum := NewCode()
		sending.Code = sum
		m.Text += "\nAcknowledge with this code: " + code
		m = linked(m, code, link)
	}
	if _, err := log.Append(who, exercise.NoticeSent, sending); err != nil {
		return err
	}
	failed := send.Send(ctx, n.Channel, m)
	if failed == nil {
		return nil
	}
	sending.Failed = failed.Error()
	if _, err := log.Append(who, exercise.NoticeSent, sending); err != nil {
		return err
	}
	return fmt.Errorf("notice %s did not go out: %w", n.ID, failed)
}

// Say tells everybody something over every channel, and gives the first failure.
func Say(ctx context.Context, log *Log, send Sender, who exercise.Actor, kind channel.Kind, text string) (err error) {
	plan := log.Plan()
	for _, c := range plan.Channels {
		m := channel.Message{Exercise: plan.Metadata.Name, Kind: kind, Subject: plan.Metadata.Title, Text: text, At: time.Now()}
		said := exercise.Saying{Kind: string(kind), Channel: c.ID, Text: text}
		if failed := send.Send(ctx, c.ID, m); failed != nil {
			said.Failed = failed.Error()
			if err == nil {
				err = fmt.Errorf("channel %s: %w", c.ID, failed)
			}
		}
		if _, failed := log.Append(who, exercise.Said, said); failed != nil {
			return failed
		}
	}
	return err
}

// Answer takes a one-time code that came back, of the roll-call or of a notice.
func Answer(log *Log, who exercise.Actor, code string) (what string, err error) {
	sum := exercise.Code{Code: exercise.CodeSum(code)}
	if _, err = log.Append(who, exercise.RollAnswered, sum); err == nil {
		return "the roll-call", nil
	}
	if _, err = log.Append(who, exercise.NoticeAnswered, sum); err == nil {
		return "the notice", nil
	}
	return "", err
}
