package seal_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"maildrill/harness/record"
	"maildrill/reports/evidence/evidencetest"
	"maildrill/reports/evidence/register"
	"maildrill/reports/evidence/seal"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, path ...string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(path...))
	must(t, err)
	return b
}

// Without a key there are digests and nothing else.
func TestWithoutAKeyThereAreDigests(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run-a")
	rec := evidencetest.Write(t, dir, "run-a", nil)
	must(t, os.MkdirAll(filepath.Join(dir, "scratch"), 0o755))
	must(t, os.WriteFile(filepath.Join(dir, "scratch", "spool"), []byte("x"), 0o644))
	must(t, seal.Run(t.Context(), seal.Closing{Folder: dir, Run: "run-a", Record: rec, Tool: evidencetest.Tool}))
	m, err := seal.ReadManifest(read(t, dir, seal.ManifestFile))
	must(t, err)
	var names []string
	for _, a := range m.Artefacts {
		names = append(names, a.Path)
	}
	if got := strings.Join(names, " "); got != "events.jsonl journal.jsonl ledger/000001.seg logs/mail1.log record.json report.html scenario.yaml" {
		t.Errorf("artefacts: %s", got)
	}
	for _, name := range []string{seal.AttestationFile, seal.ProofFile} {
		if _, err := os.Stat(filepath.Join(dir, name)); !os.IsNotExist(err) {
			t.Errorf("%s was written", name)
		}
	}
}

// sha256sum(1) takes SHA256SUMS, whatever files are called.
func TestStockSha256sumTakesTheSums(t *testing.T) {
	if _, err := exec.LookPath("sha256sum"); err != nil {
		t.Skip("SKIPPED: there is no sha256sum")
	}
	dir := filepath.Join(t.TempDir(), "run-a")
	evidencetest.Write(t, dir, "run-a", nil)
	for _, name := range []string{"a b", "-rf", `back\slash`, "line\nfeed", "tab\t", "<script>", "\u202egnp", "*star"} {
		must(t, os.WriteFile(filepath.Join(dir, name), []byte(name), 0o644))
	}
	must(t, seal.Run(t.Context(), seal.Closing{Folder: dir, Run: "run-a", Tool: evidencetest.Tool}))
	check := func() error {
		cmd := exec.Command("sha256sum", "--check", "--strict", "--quiet", seal.SumsFile)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			return errors.New(string(out))
		}
		return nil
	}
	if err := check(); err != nil {
		t.Error(err)
	}
	must(t, os.WriteFile(filepath.Join(dir, "line\nfeed"), []byte("changed"), 0o644))
	if err := check(); err == nil {
		t.Error("sha256sum does not see a change")
	}
}

func TestWhatCannotBeSealedIsSaid(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run-a")
	evidencetest.Write(t, dir, "run-a", nil)
	must(t, os.WriteFile(filepath.Join(dir, "\xff\xfe"), nil, 0o644))
	if err := seal.Run(t.Context(), seal.Closing{Folder: dir, Run: "run-a"}); err == nil || !strings.Contains(err.Error(), "UTF-8") {
		t.Errorf("a name that is no UTF-8: %v", err)
	}
	must(t, os.Remove(filepath.Join(dir, "\xff\xfe")))
	must(t, os.Symlink("/etc/passwd", filepath.Join(dir, "link")))
	if err := seal.Run(t.Context(), seal.Closing{Folder: dir, Run: "run-a"}); err == nil || !strings.Contains(err.Error(), "link is no plain file") {
		t.Errorf("a link: %v", err)
	}
}

func TestManifestsThatAreRefused(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run-a")
	evidencetest.Write(t, dir, "run-a", nil)
	must(t, seal.Run(t.Context(), seal.Closing{Folder: dir, Run: "run-a"}))
	text := string(read(t, dir, seal.ManifestFile))
	for name, changed := range map[string]string{
		"another schema": strings.Replace(text, "manifest/v1", "manifest/v2", 1), "a path up": strings.Replace(text, `"events.jsonl"`, `"../events.jsonl"`, 1),
		"an absolute path": strings.Replace(text, `"events.jsonl"`, `"/etc/passwd"`, 1), "not in order": strings.Replace(text, `"events.jsonl"`, `"z"`, 1),
		"itself": strings.Replace(text, `"events.jsonl"`, `"SHA256SUMS"`, 1), "an unknown key": strings.Replace(text, "{\n", "{\n  \"x\": 1,\n", 1),
		"a key twice": strings.Replace(text, "{\n", "{\n  \"run\": \"b\",\n", 1), "more after it": text + "{}", "no JSON": "x", "empty": "",
	} {
		if changed == text {
			t.Fatalf("%s: nothing is changed", name)
		}
		if _, err := seal.ReadManifest([]byte(changed)); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if _, err := seal.ReadManifest([]byte(text)); err != nil {
		t.Error(err)
	}
}

func TestResultsOfStatements(t *testing.T) {
	for _, c := range []struct {
		verdict record.Verdict
		dirty   bool
		want    string
	}{
		{record.Passed, false, "PASSED"}, {record.Passed, true, "FAILED"}, {record.Failed, false, "FAILED"}, {record.Inconclusive, false, "WARNED"},
		{record.Inconclusive, true, "FAILED"}, {record.Aborted, false, "FAILED"}, {record.Error, false, "FAILED"}, {"", false, "FAILED"}, {"great", false, "FAILED"},
	} {
		r := record.Record{Verdict: c.verdict, Dirty: c.dirty, Objectives: []record.Objective{
			{Name: "loss", Verdict: record.Passed}, {Name: "rto.mx", Verdict: record.Failed}, {Name: "rpo", Verdict: record.Inconclusive}, {Name: "odd"}}}
		p := seal.State([]byte("{}"), &r, []byte("{}")).Predicate
		if p.Result != c.want || strings.Join(p.PassedTests, " ") != "loss" || strings.Join(p.FailedTests, " ") != "rto.mx" || strings.Join(p.WarnedTests, " ") != "rpo odd" {
			t.Errorf("%s, dirty %v: %+v", c.verdict, c.dirty, p)
		}
	}
	if p := seal.State([]byte("{}"), nil, nil).Predicate; p.Result != "FAILED" {
		t.Errorf("no record: %+v", p)
	}
}

// The bytes that are signed are those of the specification of DSSE
// (secure-systems-lab/dsse, protocol.md: its own example).
func TestTheEncodingIsThatOfDSSE(t *testing.T) {
	if got := string(seal.Encode("http://example.com/HelloWorld", []byte("hello world"))); got != "DSSEv1 29 http://example.com/HelloWorld 11 hello world" {
		t.Errorf("%q", got)
	}
}

// Other envelopes with the same statement are not taken: nobody else's reading of
// them may differ.
func TestEnvelopesThatAreRefused(t *testing.T) {
	dir, key := filepath.Join(t.TempDir(), "run-a"), evidencetest.Key(t)
	rec := evidencetest.Write(t, dir, "run-a", nil)
	must(t, seal.Run(t.Context(), seal.Closing{Folder: dir, Run: "run-a", Record: rec, Key: key}))
	text := read(t, dir, seal.AttestationFile)
	s, err := seal.ReadStatement(text, key.Public())
	must(t, err)
	if s.Type != seal.StatementType || s.PredicateType != seal.ResultType || len(s.Subject) != 2 || seal.Signer(text) != key.Public().ID() {
		t.Errorf("%+v", s)
	}
	var compact bytes.Buffer
	must(t, json.Compact(&compact, text))
	for name, changed := range map[string][]byte{
		"compact": compact.Bytes(), "another type": bytes.Replace(text, []byte("vnd.in-toto"), []byte("vnd.in-tota"), 1),
		"another key's name": bytes.Replace(text, []byte("example.test/drills+"), []byte("example.test/drillz+"), 1),
		"no signature":       bytes.Replace(text, []byte(`"sig": "`), []byte(`"sig": "AA`), 1), "empty": nil,
	} {
		if _, err := seal.ReadStatement(changed, key.Public()); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if _, err := seal.ReadStatement(text, evidencetest.Key(t).Public()); err == nil {
		t.Error("another key was taken")
	}
}

// silent is a register that cannot be reached, so many times.
type silent struct {
	left int
	real *register.Register
}

func (s *silent) Close(ctx context.Context, run string, c register.Close) (*register.Proof, error) {
	if s.left--; s.left >= 0 {
		return nil, register.ErrUnreachable
	}
	return s.real.Close(ctx, run, c)
}

// A short silence of the register does not leave the run open; what was written
// stays when it is a long one.
func TestARegisterThatIsSilent(t *testing.T) { synctest.Test(t, aRegisterThatIsSilent) }

func aRegisterThatIsSilent(t *testing.T) {
	dir, key := t.TempDir(), evidencetest.Key(t)
	r := evidencetest.Register(t, filepath.Join(dir, "register"), key)
	play := func(id string, silence int, ctx context.Context) error {
		place, err := r.Start(t.Context(), id, evidencetest.Start())
		must(t, err)
		rec := evidencetest.Write(t, filepath.Join(dir, id), id, &place)
		return seal.Run(ctx, seal.Closing{Folder: filepath.Join(dir, id), Run: id, Record: rec, Key: key, Place: &place, Register: &silent{left: silence, real: r}})
	}
	if err := play("run-a", 1, t.Context()); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := play("run-c", 1000, t.Context()); !errors.Is(err, register.ErrUnreachable) {
		t.Error(err)
	}
	if err := play("run-b", 1000, ctx); !errors.Is(err, register.ErrUnreachable) {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "run-b", seal.AttestationFile)); err != nil {
		t.Error(err)
	}
}
