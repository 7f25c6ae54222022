package blockdev

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
)

// xfsImage is an XFS of one group whose log, at block 4, has records: an older
// one, and the last, which ends a mount or does not.
func xfsImage(t *testing.T, last byte) string {
	t.Helper()
	image := make([]byte, 64<<10)
	copy(image, xfsMagic)
	binary.BigEndian.PutUint32(image[4:], 4096) // block size
	binary.BigEndian.PutUint64(image[48:], 4)   // start of the log
	binary.BigEndian.PutUint32(image[84:], 1<<4)
	binary.BigEndian.PutUint32(image[96:], 8) // blocks of the log
	image[124] = 4
	for i, flags := range []byte{unmountTrans, last} {
		head := image[4*4096+i*4*sector:]
		binary.BigEndian.PutUint32(head, recordMagic)
		binary.BigEndian.PutUint64(head[recordLSN:], uint64(1<<32+i*4))
		binary.BigEndian.PutUint32(head[recordLogops:], 1)
		head[sector+opFlags] = flags
	}
	path := filepath.Join(t.TempDir(), "xfs.img")
	if err := os.WriteFile(path, image, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTheLastRecordOfTheLogTellsHowXFSWasLeft(t *testing.T) {
	for flags, want := range map[byte]bool{unmountTrans: false, 0: true} {
		if got, err := Unclean(xfsImage(t, flags)); err != nil || got != want {
			t.Errorf("last record with flags %#x: unclean %v, %v; want %v", flags, got, err, want)
		}
	}
}

func TestUncleanExt4(t *testing.T) {
	for features, want := range map[byte]bool{needsRecovery | 2: true, 2: false} {
		image := make([]byte, 4096)
		binary.LittleEndian.PutUint16(image[extOffset:], extMagic)
		image[featureIncompat] = features
		path := filepath.Join(t.TempDir(), "ext4.img")
		if err := os.WriteFile(path, image, 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := Unclean(path); err != nil || got != want {
			t.Errorf("features %#x: unclean %v, %v; want %v", features, got, err, want)
		}
	}
}

func TestAForeignFileSystemIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "other.img")
	if err := os.WriteFile(path, make([]byte, 4096), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Unclean(path); err == nil {
		t.Error("no error")
	}
}

// What is saved and put back is the same, byte for byte, holes and all.
func TestSavedAndRestored(t *testing.T) {
	content := make([]byte, 3*chunk+100)
	copy(content[chunk+7:], "something in the middle")
	content[len(content)-1] = 1
	dir := t.TempDir()
	from := filepath.Join(dir, "from")
	if err := os.WriteFile(from, content, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	to, err := os.Create(filepath.Join(dir, "to"))
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	size, err := copySparse(to, f)
	if err == nil {
		err = to.Truncate(size)
	}
	got, readErr := os.ReadFile(to.Name())
	if err != nil || readErr != nil || string(got) != string(content) {
		t.Errorf("copied %d of %d bytes, the same: %v; %v, %v", size, len(content), string(got) == string(content), err, readErr)
	}
}
