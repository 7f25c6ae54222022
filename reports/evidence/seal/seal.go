package seal

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"maildrill/harness/record"
	"maildrill/reports/evidence/keys"
	"maildrill/reports/evidence/register"
)

// Closer closes runs in a register.
type Closer interface {
	Close(ctx context.Context, run string, c register.Close) (*register.Proof, error)
}

// Closing is how a run ended and what seals it. Without a key there is no
// signature; without a register the run is in none.
type Closing struct {
	Folder   string
	Run      string
	Record   *record.Record // nil: there is none
	Exit     int
	Reason   string // why it did not end by itself
	Tool     record.Tool
	Key      *keys.Key
	Place    *record.Register // what the start took
	Register Closer
}

// Run seals a run folder. What was written stays written when a later part fails.
func Run(ctx context.Context, c Closing) error {
	manifest, err := c.manifest()
	if err != nil {
		return fmt.Errorf("seal the run: %w", err)
	}
	if c.Key == nil {
		return nil
	}
	if err := c.attest(manifest); err != nil {
		return fmt.Errorf("seal the run: %w", err)
	}
	if c.Register == nil || c.Place == nil {
		return nil
	}
	return c.close(ctx, manifest)
}

// manifest writes the digests of everything that is in the folder.
func (c Closing) manifest() ([]byte, error) {
	for _, name := range []string{ManifestFile, SumsFile, AttestationFile, ProofFile} {
		if err := unlessGone(os.Remove(filepath.Join(c.Folder, unfinished(name)))); err != nil {
			return nil, err
		}
	}
	m := Manifest{Schema: ManifestSchema, Run: c.Run, Tool: c.Tool, Register: c.Place}
	var err error
	if m.Artefacts, err = Artefacts(c.Folder); err != nil {
		return nil, err
	}
	text, err := m.Marshal()
	if err != nil {
		return nil, err
	}
	return text, errors.Join(c.write(ManifestFile, text), c.write(SumsFile, m.Sums(text)))
}

func (c Closing) attest(manifest []byte) error {
	var text []byte
	if c.Record != nil {
		var err error
		if text, err = os.ReadFile(filepath.Join(c.Folder, RecordFile)); err != nil {
			return err
		}
	}
	signed, err := State(manifest, c.Record, text).sign(c.Key)
	if err != nil {
		return err
	}
	return c.write(AttestationFile, signed)
}

func (c Closing) close(ctx context.Context, manifest []byte) error {
	leaf := register.Close{Exit: c.Exit, Reason: c.Reason, Manifest: subject("", manifest).Digest["sha256"]}
	if c.Record != nil {
		leaf.Verdict, leaf.Dirty = c.Record.Verdict, c.Record.Dirty
	}
	proof, err := c.persist(ctx, leaf)
	if err != nil {
		return err
	}
	return c.write(ProofFile, proof.Marshal())
}

// How long a register that cannot be reached is tried again: a run that is over
// should not stay open because of a short silence of the network.
const (
	retryFor   = 30 * time.Second
	retryEvery = 2 * time.Second
)

func (c Closing) persist(ctx context.Context, leaf register.Close) (*register.Proof, error) {
	deadline := time.Now().Add(retryFor)
	for {
		proof, err := c.Register.Close(ctx, c.Run, leaf)
		if !errors.Is(err, register.ErrUnreachable) || time.Now().Add(retryEvery).After(deadline) {
			return proof, err
		}
		select {
		case <-time.After(retryEvery):
		case <-ctx.Done():
			return nil, err
		}
	}
}

// unfinished is the name of a file of the seal while it is written.
func unfinished(name string) string { return "." + name }

// write puts a whole file in its place, or none.
func (c Closing) write(name string, text []byte) error {
	path := filepath.Join(c.Folder, name)
	tmp := filepath.Join(c.Folder, unfinished(name))
	f, err := os.OpenFile(tmp, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(tmp, path)
	}
	if err != nil {
		return errors.Join(err, unlessGone(os.Remove(tmp)))
	}
	return nil
}

func unlessGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
