package archive_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"maildrill/reports/evidence/archive"
	"maildrill/reports/evidence/evidencetest"
	"maildrill/reports/evidence/register"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// bundled is an archive of a run.
func bundled(t *testing.T) (path, folder string, v *register.View) {
	t.Helper()
	dir, key := t.TempDir(), evidencetest.Key(t)
	r := evidencetest.Register(t, filepath.Join(dir, "register"), key)
	folder = evidencetest.Play(t, dir, "run-a", key, r)
	v, err := r.View(t.Context())
	must(t, err)
	path = filepath.Join(dir, "bundle.zip")
	must(t, archive.Write(path, folder, "run-a", v))
	return path, folder, v
}

func TestABundleHoldsARunAndItsRegister(t *testing.T) {
	path, folder, v := bundled(t)
	b, err := archive.Open(path)
	must(t, err)
	if b.Run != "run-a" || b.Register == "" {
		t.Errorf("%+v", b)
	}
	for _, name := range []string{"record.json", "ledger/000001.seg", "run.tlog-proof", "logs/mail1.log"} {
		was, err := os.ReadFile(filepath.Join(folder, name))
		must(t, err)
		is, err := os.ReadFile(filepath.Join(b.Folder, name))
		if err != nil || !bytes.Equal(was, is) {
			t.Errorf("%s: %v", name, err)
		}
	}
	leaves, err := os.ReadFile(filepath.Join(b.Register, register.LeavesFile))
	if err != nil || !bytes.Equal(leaves, v.Files().Leaves) {
		t.Errorf("leaves: %v", err)
	}
	must(t, b.Close())
	if _, err := os.Stat(b.Folder); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("something is left: %v", err)
	}
	again := filepath.Join(t.TempDir(), "again.zip")
	must(t, archive.Write(again, folder, "run-a", v))
	one, err := os.ReadFile(path)
	must(t, err)
	two, err := os.ReadFile(again)
	must(t, err)
	if !bytes.Equal(one, two) {
		t.Error("the same run gives other bytes")
	}
	if err := archive.Write(path, folder, "run-a", v); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a bundle was written over: %v", err)
	}
}

// Any byte of the file that is another is seen before anything is unpacked.
func TestEveryByteOfABundleCounts(t *testing.T) {
	path, _, _ := bundled(t)
	whole, err := os.ReadFile(path)
	must(t, err)
	bad := filepath.Join(t.TempDir(), "bad.zip")
	for n := 0; n < len(whole); n += 1 + len(whole)/400 {
		changed := bytes.Clone(whole)
		changed[n] ^= 1 << (n % 8)
		must(t, os.WriteFile(bad, changed, 0o644))
		if _, err := archive.Open(bad); !errors.Is(err, archive.ErrDamaged) {
			t.Errorf("byte %d: %v", n, err)
		}
	}
	for _, cut := range []int{0, 1, 100, len(whole) - 1} {
		must(t, os.WriteFile(bad, whole[:cut], 0o644))
		if _, err := archive.Open(bad); err == nil {
			t.Errorf("cut at %d: opened", cut)
		}
	}
	must(t, os.WriteFile(bad, append(bytes.Clone(whole), 'x'), 0o644))
	if _, err := archive.Open(bad); err == nil {
		t.Error("a byte more: opened")
	}
}

// file is an entry of an archive that somebody else made.
type file struct {
	name string
	text string
	mode fs.FileMode
}

// made writes an archive with a right comment, as an attacker can.
func made(t *testing.T, files ...file) string {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range files {
		h := &zip.FileHeader{Name: f.name, Method: zip.Deflate}
		h.SetMode(max(f.mode, 0o644))
		to, err := w.CreateHeader(h)
		must(t, err)
		_, err = to.Write([]byte(f.text))
		must(t, err)
	}
	const start = "maildrill/bundle/v1 sha256:"
	must(t, w.SetComment(start+strings.Repeat("0", 64)))
	must(t, w.Close())
	b := out.Bytes()
	sum := sha256.Sum256(b[:len(b)-64])
	copy(b[len(b)-64:], hex.EncodeToString(sum[:]))
	path := filepath.Join(t.TempDir(), "made.zip")
	must(t, os.WriteFile(path, b, 0o644))
	return path
}

func TestHostileArchivesAreRefused(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	good := file{name: "run-a/events.jsonl", text: "{}\n"}
	if b, err := archive.Open(made(t, good)); err != nil {
		t.Fatal(err)
	} else {
		must(t, b.Close())
	}
	bomb := file{name: "run-a/logs/x.log", text: strings.Repeat("\x00", 80<<20)}
	for name, files := range map[string][]file{
		"up": {good, {name: "../evil"}}, "up inside": {good, {name: "run-a/../../evil"}}, "absolute": {good, {name: "/etc/evil"}}, "backslashes": {good, {name: `run-a\..\..\evil`}},
		"dot": {good, {name: "run-a/./x"}}, "empty part": {good, {name: "run-a//x"}}, "a zero": {good, {name: "run-a/x\x00y"}}, "no folder": {good, {name: "evil"}},
		"a folder": {good, {name: "run-a/sub/"}}, "a link": {good, {name: "run-a/link", text: "/etc/passwd", mode: 0o644 | fs.ModeSymlink}}, "a device": {good, {name: "run-a/dev", mode: 0o644 | fs.ModeDevice}},
		"twice": {good, good}, "two runs": {good, {name: "run-b/events.jsonl"}}, "no run": {{name: "register/leaves.jsonl"}}, "nothing": {}, "a bomb": {good, bomb},
		"a file where a folder is": {good, {name: "run-a/events.jsonl/x"}},
	} {
		before := leftovers(t)
		if b, err := archive.Open(made(t, files...)); err == nil {
			t.Errorf("%s: opened", name)
			must(t, b.Close())
		}
		if after := leftovers(t); after != before {
			t.Errorf("%s: something is left", name)
		}
	}
}

func leftovers(t *testing.T) int {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(os.TempDir(), "maildrill-bundle-*"))
	must(t, err)
	return len(all)
}

// An entry whose header is smaller than its content grows no further than it says.
func TestAnEntryDoesNotGrowBeyondWhatItSays(t *testing.T) {
	path := made(t, file{name: "run-a/x", text: strings.Repeat("a", 1000)})
	b, err := os.ReadFile(path)
	must(t, err)
	at := bytes.LastIndex(b, []byte("PK\x01\x02")) + 24 // uncompressed size in the directory (APPNOTE 4.3.12)
	b[at], b[at+1] = 10, 0
	sum := sha256.Sum256(b[:len(b)-64])
	copy(b[len(b)-64:], hex.EncodeToString(sum[:]))
	must(t, os.WriteFile(path, b, 0o644))
	if _, err := archive.Open(path); err == nil {
		t.Error("opened")
	}
}

func TestWhatCannotBeBundled(t *testing.T) {
	_, folder, v := bundled(t)
	for _, run := range []string{"", "register", "../x", "a/b", "."} {
		if err := archive.Write(filepath.Join(t.TempDir(), "x.zip"), folder, run, v); err == nil {
			t.Errorf("run %q was bundled", run)
		}
	}
	must(t, os.Symlink("/etc/passwd", filepath.Join(folder, "link")))
	path := filepath.Join(t.TempDir(), "x.zip")
	if err := archive.Write(path, folder, "run-a", v); err == nil {
		t.Error("a link was bundled")
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Error("half a bundle is left")
	}
}
