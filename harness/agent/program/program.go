// Package program runs programs in containers, as `docker exec` does.
package program

import (
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/docker/docker/api/types"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/pkg/stdcopy"
)

// Engine is what of the container engine this needs; *client.Client of
// github.com/docker/docker has it.
type Engine interface {
	ContainerExecCreate(ctx context.Context, container string, o container.ExecOptions) (container.ExecCreateResponse, error)
	ContainerExecAttach(ctx context.Context, id string, o container.ExecAttachOptions) (types.HijackedResponse, error)
	ContainerExecInspect(ctx context.Context, id string) (container.ExecInspect, error)
}

// Result is how a program ended.
type Result struct {
	Code           int // its exit code
	Stdout, Stderr []byte
}

// Run runs a program in a container and waits for its end.
func Run(ctx context.Context, engine Engine, id string, command []string) (Result, error) {
	var stdout, stderr bytes.Buffer
	code, err := Stream(ctx, engine, id, command, &stdout, &stderr)
	return Result{code, stdout.Bytes(), stderr.Bytes()}, err
}

// Stream runs a program in a container, hands on what it prints as it comes, and
// waits for its end. If the context ends first, the program goes on.
func Stream(ctx context.Context, engine Engine, id string, command []string, stdout, stderr io.Writer) (code int, err error) {
	made, err := engine.ContainerExecCreate(ctx, id, container.ExecOptions{Cmd: command, AttachStdout: true, AttachStderr: true})
	if err != nil {
		return 0, err
	}
	streams, err := engine.ContainerExecAttach(ctx, made.ID, container.ExecAttachOptions{})
	if err != nil {
		return 0, err
	}
	defer streams.Close()
	stop := context.AfterFunc(ctx, streams.Close)
	defer stop()
	if _, err := stdcopy.StdCopy(stdout, stderr, streams.Reader); err != nil || ctx.Err() != nil {
		return 0, errors.Join(ctx.Err(), err)
	}
	done, err := engine.ContainerExecInspect(ctx, made.ID)
	return done.ExitCode, err
}
