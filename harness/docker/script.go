package docker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"maildrill/harness/agent/program"
)

// killLimit bounds the ending of a script that is not waited for any more.
const killLimit = 5 * time.Second

// head says who it is, and becomes the script: the engine gives every program that
// it starts in a container a session of its own (setsid(2)), so that this is the
// number of its process group too.
const head = `echo $$; exec sh -c "$1"`

// Script implements topology.Scripter.
func (i *insides) Script(ctx context.Context, script string, out io.Writer) (int, error) {
	first := &firstLine{rest: out}
	code, err := program.Stream(ctx, i.system.cli, i.planned.container, []string{"sh", "-c", head, "sh", script}, first, out)
	if err == nil {
		return code, nil
	}
	if ctx.Err() != nil {
		err = context.Cause(ctx)
		if group := first.text(); group != "" {
			err = errors.Join(err, i.killGroup(ctx, group))
		}
	}
	return code, fmt.Errorf("the script on %s: %w", i.Name(), err)
}

// killGroup ends a process group. That it is gone already is no mistake.
func (i *insides) killGroup(ctx context.Context, group string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), killLimit)
	defer cancel()
	_, err := program.Run(ctx, i.system.cli, i.planned.container, []string{"sh", "-c", `kill -s KILL -- "-$1"`, "sh", group})
	if err != nil {
		return fmt.Errorf("it could not be ended: %w", err)
	}
	return nil
}

// firstLine keeps the first line that is written to it and passes the rest on.
type firstLine struct {
	rest io.Writer
	mu   sync.Mutex
	line []byte
	over bool
}

func (f *firstLine) Write(b []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.over {
		return f.rest.Write(b)
	}
	line, rest, over := bytes.Cut(b, []byte("\n"))
	f.line, f.over = append(f.line, line...), over
	if len(rest) > 0 {
		if _, err := f.rest.Write(rest); err != nil {
			return 0, err
		}
	}
	return len(b), nil
}

// text is the line, if it is a number.
func (f *firstLine) text() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := string(f.line)
	if !f.over || s == "" || strings.Trim(s, "0123456789") != "" {
		return ""
	}
	return s
}
