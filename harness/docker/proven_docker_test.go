package docker_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/docker/docker/client"

	"maildrill/faults"
)

// tally counts the cases of one kind's trial.
type tally struct {
	faults.Proven
	began time.Time
}

func tallied(kind string, quick bool) *tally {
	return &tally{faults.Proven{Kind: kind, Full: !quick}, time.Now()}
}

func (c *tally) ran(_ string, passed bool) {
	c.Cases++
	if passed {
		c.Passed++
	}
}

// write adds a line to the collection that MAILDRILL_PROVEN names, whatever
// came of the trial; `make proven` and `make nightly` read it.
func (c *tally) write(t *testing.T) {
	path := os.Getenv("MAILDRILL_PROVEN")
	if path == "" {
		return
	}
	c.Test, _, _ = strings.Cut(t.Name(), "#") // the tries of one kind in one test bear numbers
	c.Seconds = time.Since(c.began).Round(100 * time.Millisecond).Seconds()
	c.Engine, c.Kernel = versions(t)
	c.Date = time.Now().UTC().Format(time.DateOnly)
	line, err := json.Marshal(c.Proven)
	must(t, err)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	must(t, err)
	_, err = f.Write(append(line, '\n'))
	must(t, err)
	must(t, f.Close())
}

func versions(t *testing.T) (engine, kernel string) {
	cli, err := client.NewClientWithOpts(client.FromEnv, client.WithAPIVersionNegotiation())
	must(t, err)
	defer cli.Close()
	info, err := cli.Info(t.Context())
	must(t, err)
	return info.ServerVersion, info.KernelVersion
}
