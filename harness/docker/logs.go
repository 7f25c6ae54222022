package docker

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/client"
	"github.com/docker/docker/pkg/stdcopy"
)

// logs keeps what every server said, in a file each.
type logs struct {
	dir string

	mu        sync.Mutex
	files     []*os.File
	err       error
	followers sync.WaitGroup // those whose server is not gone yet
}

func newLogs(dir string) *logs { return &logs{dir: dir} }

// open makes <name>.log. Logs that cannot be kept do not stop a drill; close
// says so.
func (l *logs) open(name string) io.Writer {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.dir == "" {
		return io.Discard
	}
	err := os.MkdirAll(l.dir, 0o755)
	if err == nil {
		var f *os.File
		if f, err = os.OpenFile(filepath.Join(l.dir, name+".log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644); err == nil {
			l.files = append(l.files, f)
			return f
		}
	}
	l.err = errors.Join(l.err, fmt.Errorf("keep the log of %s: %w", name, err))
	return io.Discard
}

// wait gives the followers time to read the last lines.
func (l *logs) wait(limit time.Duration) {
	done := make(chan struct{})
	go func() { l.followers.Wait(); close(done) }()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	}
}

func (l *logs) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	errs := []error{l.err}
	for _, f := range l.files {
		errs = append(errs, f.Close())
	}
	l.files, l.err = nil, nil
	return errors.Join(errs...)
}

// tail copies a container's output to w, from a moment on, until the container
// ends; it returns the moment to go on from. The engine's own time stamps tell
// where one reading ended, and are taken off again.
func tail(ctx context.Context, cli *client.Client, name string, since time.Time, w io.Writer) (time.Time, error) {
	o := container.LogsOptions{ShowStdout: true, ShowStderr: true, Follow: true, Timestamps: true}
	if !since.IsZero() {
		o.Since = since.Format(time.RFC3339Nano)
	}
	stream, err := cli.ContainerLogs(ctx, name, o)
	if err != nil {
		return since, err
	}
	defer stream.Close()
	lines, in := io.Pipe()
	done := make(chan error, 1)
	go func() {
		_, err := stdcopy.StdCopy(in, in, stream)
		done <- in.CloseWithError(errors.Join(io.EOF, err))
	}()
	since = unstamp(lines, w, since)
	_ = lines.Close()
	<-done
	return since, nil
}

// unstamp copies lines without their time stamps and gives the moment just
// after the last.
func unstamp(lines io.Reader, w io.Writer, since time.Time) time.Time {
	in := bufio.NewReader(lines)
	for {
		line, err := in.ReadBytes('\n')
		if stamp, text, ok := cutStamp(line); ok {
			since, line = stamp.Add(1), text
		}
		if _, failed := w.Write(line); err != nil || failed != nil {
			return since
		}
	}
}

func cutStamp(line []byte) (time.Time, []byte, bool) {
	for i, c := range line {
		if c == ' ' {
			stamp, err := time.Parse(time.RFC3339Nano, string(line[:i]))
			return stamp, line[i+1:], err == nil
		}
	}
	return time.Time{}, line, false
}
