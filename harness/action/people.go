package action

import (
	"context"
	"errors"
	"strings"
)

type textParams struct {
	Said string `yaml:"text"`
}

// Text implements [Speaker].
func (p textParams) Text() string { return Harmless(p.Said) }

func decodeText(decode func(any) error) (p textParams, err error) {
	if err = decode(&p); err == nil && strings.TrimSpace(p.Said) == "" {
		err = errors.New("`text` is missing: what people are told")
	}
	return p, err
}

// announce tells people something.
type announce struct{ textParams }

func newAnnounce(decode func(any) error) (Action, error) {
	p, err := decodeText(decode)
	return announce{p}, err
}

func (a announce) Do(ctx context.Context, s Site, _ string) (Outcome, error) {
	s.Tell(a.Text())
	return Outcome{}, ctx.Err()
}

// manual lets a person do something.
type manual struct{ textParams }

func newManual(decode func(any) error) (Action, error) {
	p, err := decodeText(decode)
	return manual{p}, err
}

func (a manual) Do(ctx context.Context, s Site, _ string) (Outcome, error) {
	who, err := s.Ask(ctx, a.Text())
	return Outcome{Acknowledgement: who}, err
}
