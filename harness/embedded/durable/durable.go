// Package durable puts files on stable storage. Both the queue and the
// mailboxes of the embedded runtime answer 250 only after [Replace] returned.
package durable

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Suffix marks a file that is being written. What a kill left of it is
// worthless and may be removed.
const Suffix = ".tmp"

// Write writes a file and returns when its content is on stable storage; its
// name is after [SyncFolder].
func Write(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write: %w", err)
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}

// Replace writes a file whole or not at all, and returns when it is on stable
// storage under its name.
func Replace(path string, data []byte) error {
	if err := Write(path+Suffix, data); err != nil {
		return err
	}
	if err := os.Rename(path+Suffix, path); err != nil {
		return fmt.Errorf("replace: %w", err)
	}
	return SyncFolder(filepath.Dir(path))
}

// SyncFolder returns when the names in a folder are on stable storage.
func SyncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	return nil
}
