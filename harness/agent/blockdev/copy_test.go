package blockdev

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func TestCopyOfAnImage(t *testing.T) {
	dir := t.TempDir()
	image, to := filepath.Join(dir, "image"), filepath.Join(dir, "copy")
	content := make([]byte, 2*chunk+10)
	copy(content[chunk:], "a file")
	if err := os.WriteFile(image, content, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Copy(image, to); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(to); err != nil || !bytes.Equal(got, content) {
		t.Errorf("%d bytes of %d are copied, %v", len(got), len(content), err)
	}
}
