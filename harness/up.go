package harness

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"maildrill/harness/topology"
)

// Up runs a topology without a script until the context ends or [Folder.RequestAbort]
// asks for it, and takes it down. ready is called when every node answers.
func Up(ctx context.Context, t topology.Topology, c Config, ready func(topology.System)) error {
	if c.Lease == 0 {
		c.Lease = defaultLease
	}
	if err := os.WriteFile(c.Folder.Events(), nil, 0o644); err != nil {
		return fmt.Errorf("write the run folder: %w", err)
	}
	system, err := c.Runtime.Start(ctx, t, topology.Options{
		RunID: c.Folder.ID(), Lease: c.Lease, LogDir: c.Folder.Logs(), Progress: c.Progress})
	if err != nil {
		return fmt.Errorf("start topology %s: %w", t.Name, err)
	}
	ready(system)
	r := &run{cfg: c}
	r.until(ctx, statusTick, func() bool { _, asked := c.Folder.abortRequested(); return asked })
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeLimit)
	defer cancel()
	return errors.Join(system.Close(limit), os.WriteFile(c.Folder.Gone(), []byte("down\n"), 0o644))
}

// Gone is written when a topology that was brought up by itself is down.
func (f Folder) Gone() string { return filepath.Join(string(f), "down") }
