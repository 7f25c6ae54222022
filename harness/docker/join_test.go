package docker

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/go-connections/nat"
)

// TestWhatLooksLiveIsRefused in each of three forms: nobody has allowed it, the world
// comes to it, the world knows its name.
func TestWhatLooksLiveIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		label   string
		host    string
		port    string
		stopped bool
		want    string
	}{
		"allowed, for this host alone": {label: "true", host: "127.0.0.1", port: "25/tcp"},
		"a page for everybody":         {label: "true", host: "0.0.0.0", port: "80/tcp"},
		"nobody has allowed it":        {host: "127.0.0.1", port: "25/tcp", want: "maildrill.allow=true"},
		"allowed by another word":      {label: "yes", host: "127.0.0.1", port: "25/tcp", want: "maildrill.allow=true"},
		"to the world":                 {label: "true", host: "", port: "25/tcp", want: "publishes port 25"},
		"to a network":                 {label: "true", host: "192.0.2.1", port: "993/tcp", want: "publishes port 993"},
		"it does not run":              {label: "true", host: "::1", port: "25/tcp", stopped: true, want: "does not run"},
	} {
		var i container.InspectResponse
		i.ContainerJSONBase = &container.ContainerJSONBase{Name: "/theirs-1", State: &container.State{Running: !c.stopped},
			HostConfig: &container.HostConfig{PortBindings: nat.PortMap{nat.Port(c.port): {{HostIP: c.host, HostPort: "2525"}}}}}
		i.Config = &container.Config{Labels: map[string]string{allowLabel: c.label}}
		why := strings.Join(looksLive("mx", i), "; ")
		if (why == "") != (c.want == "") || !strings.Contains(why, c.want) {
			t.Errorf("%s: %q, want %q", name, why, c.want)
		}
	}
}

func TestNamesOfTheWorldAreRefused(t *testing.T) {
	var asked []string
	ask := func(_ context.Context, host string) ([]string, error) {
		asked = append(asked, host)
		if host == "mail.real.org." {
			return []string{"203.0.113.5"}, nil
		}
		return nil, errors.New("no such host")
	}
	why := resolved(t.Context(), []string{"drill.test", "mx.example", "mail.real.org", "mail.only-here.org", "", "mail.real.org"}, ask)
	if len(why) != 1 || !strings.Contains(why[0], "mail.real.org is a host of the real world (203.0.113.5)") {
		t.Errorf("%q", why)
	}
	if !slices.Equal(asked, []string{"mail.only-here.org.", "mail.real.org."}) {
		t.Errorf("asked for %q: reserved names are nobody's to ask for", asked)
	}
}
