package store_test

import (
	"os"
	"syscall"
	"testing"
)

// readOnly makes a folder one that nobody can write to. Root may write whatever
// its mode is, and so gets a mount that is read-only.
func readOnly(t *testing.T, folder string) {
	t.Helper()
	if os.Geteuid() != 0 {
		must(t, os.Chmod(folder, 0o555))
		t.Cleanup(func() { _ = os.Chmod(folder, 0o755) })
		return
	}
	must(t, syscall.Mount(folder, folder, "", syscall.MS_BIND, ""))
	t.Cleanup(func() { must(t, syscall.Unmount(folder, 0)) })
	must(t, syscall.Mount("", folder, "", syscall.MS_BIND|syscall.MS_REMOUNT|syscall.MS_RDONLY, ""))
}
