package verify_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"maildrill/reports/evidence/evidencetest"
	"maildrill/reports/evidence/keys"
	"maildrill/reports/evidence/register"
	"maildrill/reports/evidence/seal"
	"maildrill/reports/evidence/verify"
)

// scene is a register with the folders of its runs.
type scene struct {
	dir      string
	key      *keys.Key
	register *register.Register
}

func newScene(t *testing.T, ids ...string) *scene {
	t.Helper()
	s := &scene{dir: t.TempDir(), key: evidencetest.Key(t)}
	s.register = evidencetest.Register(t, s.at("register"), s.key)
	for _, id := range ids {
		evidencetest.Play(t, s.dir, id, s.key, s.register)
	}
	return s
}

func (s *scene) at(name string) string { return filepath.Join(s.dir, filepath.FromSlash(name)) }

// options are those of somebody who has the public key and the register.
func (s *scene) options(t *testing.T) verify.Options {
	t.Helper()
	public := s.key.Public()
	o := verify.Options{Key: &public, KeyWhy: "the test", Where: s.at("register"), Judge: evidencetest.Judge, Tool: evidencetest.Tool, Now: time.Now(),
		Reports: []verify.Report{{File: evidencetest.ReportFile, Render: evidencetest.Report}}}
	v, err := register.Read(t.Context(), s.at("register"), public)
	must(t, err)
	o.Register = v
	return o
}

func (s *scene) run(t *testing.T, id string) *verify.Findings {
	return verify.Run(s.at(id), s.options(t))
}

func (s *scene) wholeRegister(t *testing.T) *verify.Findings { return verify.Register(s.options(t)) }

// told is what failed, a line each.
func told(f *verify.Findings) string {
	var out strings.Builder
	for _, c := range f.Checks {
		if c.State == verify.Fails {
			fmt.Fprintf(&out, "%s: %s: %s\n", c.Name, c.About, c.Detail)
		}
	}
	return out.String()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	must(t, err)
	return b
}

func write(t testing.TB, path string, b []byte) {
	t.Helper()
	must(t, os.WriteFile(path, b, 0o644))
}

func TestASoundRunIsVerified(t *testing.T) {
	s := newScene(t, "run-a", "run-b")
	for _, id := range []string{"run-a", "run-b"} {
		if f := s.run(t, id); !f.OK {
			t.Errorf("%s:\n%s", id, told(f))
		}
	}
	if f := s.wholeRegister(t); !f.OK {
		t.Errorf("register:\n%s", told(f))
	}
}

// files are all files of a run, and those of its register.
func files(t *testing.T, s *scene, id string) (all []string) {
	t.Helper()
	must(t, filepath.WalkDir(s.at(id), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			all = append(all, path)
		}
		return err
	}))
	return append(all, s.at("register/leaves.jsonl"), s.at("register/checkpoint"))
}

// places are the bytes of a file that are flipped: all of a small one, and of one of
// the seal if everything is wanted.
func places(path string, size int) []int {
	most := 15
	if os.Getenv("MAILDRILL_TEST_FULL") != "" {
		most = size
	}
	step := max(1, size/max(1, most))
	var all []int
	for n := 0; n < size; n += step {
		all = append(all, n)
	}
	if size > 0 {
		all = append(all, size-1)
	}
	return all
}

// Whatever byte of whatever file is another, and whatever file is cut, emptied, gone
// or new: verify fails, and names the file.
func TestEveryByteOfEveryArtefactCounts(t *testing.T) {
	s := newScene(t, "run-a", "run-b")
	for _, path := range files(t, s, "run-a") {
		whole := read(t, path)
		name := filepath.Base(path)
		try := func(what string, text []byte) {
			t.Helper()
			write(t, path, text)
			f := s.run(t, "run-a")
			if f.OK {
				t.Fatalf("%s, %s: verified", name, what)
			}
			if !strings.Contains(told(f), name) {
				t.Fatalf("%s, %s: it is not named:\n%s", name, what, told(f))
			}
		}
		for _, n := range places(path, len(whole)) {
			for _, bit := range []byte{0x01, 0x20, 0x80} {
				changed := bytes.Clone(whole)
				changed[n] ^= bit
				try(fmt.Sprintf("byte %d ^ %#x", n, bit), changed)
			}
		}
		if len(whole) > 0 {
			try("cut by a byte", whole[:len(whole)-1])
			try("empty", nil)
		}
		try("a byte more", append(bytes.Clone(whole), '\n'))
		write(t, path, whole)
	}
	if f := s.run(t, "run-a"); !f.OK {
		t.Fatalf("put back as it was:\n%s", told(f))
	}
}

func TestAFileThatIsGoneOrNewIsNamed(t *testing.T) {
	s := newScene(t, "run-a")
	for _, path := range files(t, s, "run-a") {
		if filepath.Dir(path) == s.at("register") {
			continue // without them there is no register
		}
		must(t, os.Rename(path, s.at("aside")))
		if f := s.run(t, "run-a"); f.OK || !strings.Contains(told(f), filepath.Base(path)) {
			t.Errorf("without %s:\n%s", path, told(f))
		}
		must(t, os.Rename(s.at("aside"), path))
	}
	for _, name := range []string{"extra.txt", "ledger/000002.seg", "logs/<script>.log", "signoff/note.txt", ".hidden"} {
		must(t, os.MkdirAll(filepath.Dir(s.at("run-a/"+name)), 0o755))
		write(t, s.at("run-a/"+name), []byte("added"))
		if f := s.run(t, "run-a"); f.OK || !strings.Contains(told(f), filepath.Base(name)) {
			t.Errorf("with %s:\n%s", name, told(f))
		}
		must(t, os.Remove(s.at("run-a/"+name)))
	}
	for name, make := range map[string]func(string) error{
		"link": func(path string) error { return os.Symlink("/etc/passwd", path) },
		"pipe": func(path string) error { return unix.Mkfifo(path, 0o644) },
		"record.json": func(path string) error {
			return errors.Join(os.Rename(path, s.at("aside")), os.Symlink(s.at("aside"), path))
		},
	} {
		path := s.at("run-a/" + name)
		must(t, make(path))
		if f := s.run(t, "run-a"); f.OK || !strings.Contains(told(f), name+" is no plain file") {
			t.Errorf("with a %s:\n%s", name, told(f))
		}
		must(t, os.Remove(path))
	}
}

// A number of the record that is another is named with what the ledger gives.
func TestAnotherNumberIsNamed(t *testing.T) {
	s := newScene(t, "run-a")
	path := s.at("run-a/record.json")
	text := string(read(t, path))
	for _, c := range []struct{ old, new, want string }{
		{`"accepted": 40`, `"accepted": 41`, "accounting.accepted is 41, the ledger gives 40"},
		{`"seed": 7`, `"seed": 8`, "run.seed is 8, the ledger gives 7"},
		{`"tags": []`, `"tags": ["x"]`, "scenario.tags has 1 items, the ledger gives 0"},
		{`"dirty": false,`, "", "dirty is missing, the ledger gives false"},
		{`"dirty": false,`, `"dirty": false, "clean": 1,`, "clean is 1, the ledger gives no such thing"},
		{`"seed": 7`, `"seed":  7`, "other bytes: line "},
	} {
		if !strings.Contains(text, c.old) {
			t.Fatalf("no %s in\n%s", c.old, text)
		}
		write(t, path, []byte(strings.Replace(text, c.old, c.new, 1)))
		if f := s.run(t, "run-a"); f.OK || !strings.Contains(told(f), c.want) {
			t.Errorf("%s instead of %s: no %q in\n%s", c.new, c.old, c.want, told(f))
		}
	}
}

// A later maildrill knows more and renders other bytes: neither is a forgery. It is
// told, and another number still fails.
func TestALaterVersionVerifies(t *testing.T) {
	s := newScene(t, "run-a")
	later := s.options(t)
	later.Tool.Version = "later"
	later.Judge = func(folder string) ([]byte, error) {
		text, err := evidencetest.Judge(folder)
		return bytes.Replace(text, []byte("{\n"), []byte("{\n  \"insight\": 42,\n"), 1), err
	}
	later.Reports[0].Render = nil
	later.Reports = later.Reports[:0]
	f := verify.Run(s.at("run-a"), later)
	if !f.OK || !strings.Contains(list(f), "1 things more") {
		t.Errorf("a later version:\n%s", list(f))
	}
	same := later
	same.Tool = evidencetest.Tool
	if f := verify.Run(s.at("run-a"), same); f.OK {
		t.Error("the version that ran gives more than it wrote, and that is verified")
	}
}

func list(f *verify.Findings) string {
	b, err := json.MarshalIndent(f, "", " ")
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// A history that was made up so that the judge stumbles does not end maildrill.
func TestAJudgeThatStumblesIsAFinding(t *testing.T) {
	s := newScene(t, "run-a")
	o := s.options(t)
	o.Judge = func(string) ([]byte, error) { panic("\x1b[2Jodd") }
	if f := verify.Run(s.at("run-a"), o); f.OK || !strings.Contains(told(f), `maildrill stumbles over it: \x1b[2Jodd`) {
		t.Errorf("%s", told(f))
	}
}

// A run that was killed before it wrote anything is sealed as it is, and verified as
// that.
func TestARunThatWasKilledAtOnce(t *testing.T) {
	s := newScene(t, "run-a")
	place, err := s.register.Start(t.Context(), "run-k", evidencetest.Start())
	must(t, err)
	must(t, os.MkdirAll(s.at("run-k/logs"), 0o755))
	must(t, seal.Run(t.Context(), seal.Closing{Folder: s.at("run-k"), Run: "run-k", Reason: "killed", Exit: 4, Key: s.key, Place: &place, Register: s.register}))
	f := s.run(t, "run-k")
	if !f.OK || f.Ending != "killed" || !strings.Contains(list(f), "the run was killed before it wrote anything") {
		t.Errorf("%s", list(f))
	}
	write(t, s.at("run-k/events.jsonl"), read(t, s.at("run-a/events.jsonl")))
	if f := s.run(t, "run-k"); f.OK || !strings.Contains(told(f), "events.jsonl: the manifest does not list it") {
		t.Errorf("with a history of another run:\n%s", told(f))
	}
}
