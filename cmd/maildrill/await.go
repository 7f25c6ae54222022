package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"maildrill/harness"
)

// awaitFile waits until another process has written the file that ends a run.
func (p *process) awaitFile(ctx context.Context, folder harness.Folder, path string, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		_, err := os.Stat(path)
		switch {
		case err == nil:
			fmt.Fprintf(p.Stderr, "run %s is over: %s\n", folder.ID(), path)
			return nil
		case !errors.Is(err, os.ErrNotExist):
			return failure(err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return &exitError{code: 5, err: fmt.Errorf("run %s did not end within %v", folder.ID(), limit),
				hint: "if its maildrill was killed, `maildrill cleanup` finishes what it left"}
		}
	}
}
