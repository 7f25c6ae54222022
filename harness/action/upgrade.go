package action

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"maildrill/harness/topology"
)

// upgrade has nodes made anew.
type upgrade struct{ change topology.Change }

func newUpgrade(decode func(any) error) (Action, error) {
	with := struct {
		Image    string            `yaml:"image"`
		Settings map[string]string `yaml:"settings"`
		Files    map[string]string `yaml:"files"`
		Grace    time.Duration     `yaml:"grace"`
	}{Grace: defaultGrace}
	if err := decode(&with); err != nil {
		return nil, err
	}
	switch {
	case with.Image == "" && len(with.Settings) == 0 && len(with.Files) == 0:
		return nil, errors.New("nothing is changed: say `image`, `settings` or `files`")
	case strings.ContainsAny(with.Image, " \t\r\n"):
		return nil, fmt.Errorf("image is %q; valid: the name of an image", with.Image)
	}
	for path := range with.Files {
		if !strings.HasPrefix(path, "/") {
			return nil, fmt.Errorf("files: %q is no absolute path", path)
		}
	}
	return upgrade{topology.Change{Image: with.Image, Settings: with.Settings, Files: with.Files, Grace: with.Grace}}, nil
}

// Image implements [Imager].
func (a upgrade) Image() string { return a.change.Image }

// Check implements [Particular].
func (a upgrade) Check(t topology.Topology, on []string) []Misfit {
	return refuse(t, on, func(n topology.Node) string {
		switch {
		case own(n) != "":
			return own(n)
		case n.Standby:
			return "stands by, and cannot be upgraded before it runs"
		}
		return ""
	})
}

func (a upgrade) Do(ctx context.Context, s Site, node string) (Outcome, error) {
	n, err := find[topology.Upgrader](s, node, "cannot be made of something else")
	if err != nil {
		return Outcome{}, err
	}
	said, err := n.Upgrade(ctx, a.change)
	if err == nil {
		err = s.Ready(ctx, node)
	}
	return Outcome{Output: said}, err
}
