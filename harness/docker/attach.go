package docker

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/docker/docker/api/types"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/pkg/stdcopy"

	"maildrill/harness/agent/mux"
)

// attach takes hold of a container's standard streams before it starts: input
// and output become a session, what it says on standard error goes to the log.
// The goroutine that takes the streams apart ends with the session.
func (b *build) attach(ctx context.Context, name string, log io.Writer) (*mux.Session, error) {
	streams, err := b.cli.ContainerAttach(ctx, name, container.AttachOptions{
		Stream: true, Stdin: true, Stdout: true, Stderr: true,
	})
	if err != nil {
		return nil, fmt.Errorf("attach to %s: %w", name, err)
	}
	out, in := io.Pipe()
	b.system.background.Go(func() {
		_, err := stdcopy.StdCopy(in, log, streams.Reader)
		_ = in.CloseWithError(errors.Join(io.EOF, err))
	})
	session, err := mux.Dial(&standard{PipeReader: out, streams: streams})
	if err != nil {
		_ = out.Close()
		streams.Close()
		return nil, fmt.Errorf("attach to %s: %w", name, err)
	}
	return session, nil
}

// standard is a container's standard input and output as one pipe.
type standard struct {
	*io.PipeReader
	streams types.HijackedResponse
}

func (s *standard) Write(p []byte) (int, error) { return s.streams.Conn.Write(p) }

// Close ends the container's standard input.
func (s *standard) Close() error {
	err := s.streams.CloseWrite()
	s.streams.Close()
	return errors.Join(err, s.PipeReader.Close())
}
