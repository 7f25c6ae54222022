package compose

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"sync"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/sirupsen/logrus"
)

// Options are what the file does not say.
type Options struct {
	// Name of the topology.
	Name string
	// Profiles that are active.
	Profiles []string
	// Domain is the mail domain that the drill fills; empty: that of the host which
	// takes mail.
	Domain string
	// Roles of services that nothing tells, by service.
	Roles map[string][]string
	// Accounts are scripts that make the drill's accounts, by service.
	Accounts map[string]string
	// CloneVolumes has volumes begin with a copy of what the project's own hold.
	CloneVolumes bool
}

// load reads a file with its `.env`, as `docker compose` does, and gives what the
// library warns of: variables that are not set.
func load(ctx context.Context, file string, profiles []string) (*types.Project, []error, error) {
	options, err := cli.NewProjectOptions([]string{file},
		cli.WithWorkingDirectory(filepath.Dir(file)), cli.WithOsEnv, cli.WithEnvFiles(), cli.WithDotEnv, cli.WithProfiles(profiles))
	if err != nil {
		return nil, nil, fmt.Errorf("read %s: %w", file, err)
	}
	heard := listen()
	project, err := options.LoadProject(ctx)
	warnings := heard.end()
	if err != nil {
		return nil, nil, fmt.Errorf("read %s: %w", file, err)
	}
	return project, warnings, nil
}

// warnings are what the library logs, which it does on the standard logger of logrus.
type warnings struct {
	output io.Writer
	hooks  logrus.LevelHooks
	said   []string
}

// listening lets one reader at a time have that logger.
var listening sync.Mutex

func listen() *warnings {
	listening.Lock()
	w := &warnings{output: logrus.StandardLogger().Out}
	logrus.SetOutput(io.Discard)
	hooks := logrus.LevelHooks{}
	hooks.Add(w)
	w.hooks = logrus.StandardLogger().ReplaceHooks(hooks)
	return w
}

// end gives the logger back.
func (w *warnings) end() (all []error) {
	logrus.SetOutput(w.output)
	logrus.StandardLogger().ReplaceHooks(w.hooks)
	listening.Unlock()
	for _, text := range w.said {
		all = append(all, errors.New(text))
	}
	return all
}

func (w *warnings) Levels() []logrus.Level { return []logrus.Level{logrus.WarnLevel} }

// Fire keeps each warning once.
func (w *warnings) Fire(e *logrus.Entry) error {
	if !slices.Contains(w.said, e.Message) {
		w.said = append(w.said, e.Message)
	}
	return nil
}
