package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"maildrill/harness"
	"maildrill/harness/planning"
	"maildrill/harness/record"
	"maildrill/harness/topology"
	"maildrill/reports/evidence/verify"
)

// desk is a person's own folders, with a key in them.
type desk struct {
	dir     string
	vars    map[string]string
	signals chan os.Signal
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{dir: t.TempDir(), signals: make(chan os.Signal, 2)}
	d.vars = map[string]string{"XDG_CONFIG_HOME": d.at("config"), "XDG_STATE_HOME": d.at("state"), "XDG_DATA_HOME": d.at("data")}
	d.must(t, "keys", "init", "--name", "example.test/drills")
	return d
}

func (d *desk) at(name string) string { return filepath.Join(d.dir, filepath.FromSlash(name)) }

func (d *desk) process(out, errs *bytes.Buffer, args ...string) *process {
	return &process{Args: args, Env: func(name string) string { return d.vars[name] }, Stdin: strings.NewReader(""), Stdout: out, Stderr: errs,
		Signals: make(chan os.Signal), Width: func() int { return 80 }}
}

func (d *desk) call(args ...string) (stdout, stderr string, code int) {
	var out, errs bytes.Buffer
	code = d.process(&out, &errs, args...).run(context.Background())
	return out.String(), errs.String(), code
}

func (d *desk) must(t *testing.T, args ...string) string {
	t.Helper()
	out, errs, code := d.call(args...)
	if code != 0 {
		t.Fatalf("%v: exit %d\n%s%s", args, code, out, errs)
	}
	return out
}

// runs are those of the register.
func (d *desk) runs(t *testing.T) (all []shownRun) {
	t.Helper()
	var answer struct{ Runs []shownRun }
	must(t, json.Unmarshal([]byte(d.must(t, "register", "show", "--json")), &answer))
	return answer.Runs
}

// onceBrief is a drill of a few seconds.
var onceBrief = strings.Replace(brief, "trials: {n: 2}\n", "", 1)

// played runs the drill and gives its folder. On a busy machine it may be without a
// conclusion.
func (d *desk) played(t *testing.T, more ...string) string {
	t.Helper()
	path := d.at("brief.yaml")
	must(t, os.WriteFile(path, []byte(onceBrief), 0o644))
	if out, errs, code := d.call(append([]string{"run", path, "--runtime", "embedded", "--out", d.at("runs")}, more...)...); code != exitPassed && code != exitUnproven {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	found, err := filepath.Glob(d.at("runs/*/record.json"))
	must(t, err)
	if len(found) != 1 {
		t.Fatalf("runs: %v", found)
	}
	return filepath.Dir(found[0])
}

// TestEvidence plays one drill, and then does to its evidence what people do.
func TestEvidence(t *testing.T) {
	d := newDesk(t)
	run := d.played(t)
	registers, err := filepath.Glob(d.at("data/maildrill/registers/*"))
	must(t, err)
	if len(registers) != 1 {
		t.Fatalf("registers: %v", registers)
	}
	must(t, os.WriteFile(d.at("kept.checkpoint"), []byte(d.must(t, "register", "checkpoint")), 0o644))

	t.Run("it is verified", func(t *testing.T) {
		rec, err := readRecord(harness.Folder(run))
		must(t, err)
		out := d.must(t, "verify", run)
		for _, want := range []string{"ok ", "completeness not proven", "which ended as " + string(rec.Verdict) + " (SIMULATED): everything that was checked fits"} {
			if !strings.Contains(out, want) {
				t.Errorf("no %q in\n%s", want, out)
			}
		}
		if strings.Contains(out, "completeness not proven") == strings.Contains(d.must(t, "verify", run, "--checkpoint", d.at("kept.checkpoint")), "completeness not proven") {
			t.Error("a checkpoint makes no difference")
		}
		d.must(t, "verify", registers[0], "--runs", d.at("runs"))
		if r := rec.Run.Register; r == nil || r.Origin != "example.test/drills" || r.Index != 0 || r.Size != 1 {
			t.Errorf("the record has %+v", r)
		}
		if all := d.runs(t); len(all) != 1 || all[0].Ending != string(rec.Verdict) || !all[0].Simulated {
			t.Errorf("the register has %+v", all)
		}
	})
	t.Run("every artefact counts", func(t *testing.T) { everyArtefactCounts(t, d, run) })
	t.Run("the key is nowhere", func(t *testing.T) { theKeyIsNowhere(t, d) })
	t.Run("stock tools confirm it", func(t *testing.T) { stockToolsConfirm(t, d, run) })
	t.Run("a bundle is verified alone", func(t *testing.T) { aBundleIsVerifiedAlone(t, d, run) })
}

// everyArtefactCounts changes, cuts and removes each file of a real run and of its
// register, and adds some.
func everyArtefactCounts(t *testing.T, d *desk, run string) {
	registers, _ := filepath.Glob(d.at("data/maildrill/registers/*/[lc]*[ls]*"))
	var files []string
	must(t, filepath.WalkDir(run, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			files = append(files, path)
		}
		return err
	}))
	for _, path := range registers {
		if filepath.Base(path) != "lock" {
			files = append(files, path)
		}
	}
	if len(files) < 15 {
		t.Fatalf("files: %v", files)
	}
	for _, path := range files {
		whole, err := os.ReadFile(path)
		must(t, err)
		tries := map[string][]byte{"a byte more": append(bytes.Clone(whole), ' ')}
		if n := len(whole); n > 0 {
			tries["cut"] = whole[:n-1]
			for _, at := range []int{0, n / 3, n - 1} {
				changed := bytes.Clone(whole)
				changed[at] ^= 4
				tries["byte "+string(rune('0'+at%10))] = changed
			}
		}
		for name, text := range tries {
			must(t, os.WriteFile(path, text, 0o644))
			d.refused(t, filepath.Base(path)+", "+name, filepath.Base(path), run)
		}
		must(t, os.Remove(path))
		if strings.HasPrefix(path, run) && filepath.Base(path) != "events.jsonl" { // without events it is no run folder
			d.refused(t, filepath.Base(path)+", gone", filepath.Base(path), run)
		}
		must(t, os.WriteFile(path, whole, 0o644))
	}
	must(t, os.WriteFile(filepath.Join(run, "added"), nil, 0o644))
	d.refused(t, "a file more", "added", run)
	must(t, os.Remove(filepath.Join(run, "added")))
	d.must(t, "verify", run)
}

func (d *desk) refused(t *testing.T, what, name, run string) {
	t.Helper()
	out, errs, code := d.call("verify", run, "--json")
	var f verify.Findings
	if code != exitEvidence || json.Unmarshal([]byte(out), &f) != nil {
		t.Errorf("%s: exit %d\n%s%s", what, code, out, errs)
		return
	}
	for _, c := range f.Checks {
		if c.State == verify.Fails && strings.Contains(c.About+c.Detail, name) {
			return
		}
	}
	t.Errorf("%s: it is not named:\n%s", what, out)
}

// theKeyIsNowhere looks for the private key in everything that was written.
func theKeyIsNowhere(t *testing.T, d *desk) {
	line, err := os.ReadFile(d.at("config/maildrill/signing.key"))
	must(t, err)
	secret := bytes.TrimSpace(bytes.SplitN(line, []byte("+"), 5)[4]) // base64 has a plus too
	must(t, filepath.WalkDir(d.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || filepath.Base(path) == "signing.key" {
			return err
		}
		b, err := os.ReadFile(path)
		if bytes.Contains(b, secret) || bytes.Contains(b, []byte("PRIVATE+KEY")) {
			t.Errorf("it is in %s", path)
		}
		return err
	}))
}

// stockToolsConfirm runs the commands of the README as they stand there.
func stockToolsConfirm(t *testing.T, d *desk, run string) {
	for _, tool := range []string{"bash", "unzip", "sha256sum", "openssl", "ssh-keygen", "python3"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("SKIPPED: there is no %s, so that nobody knows whether the README is right", tool)
		}
	}
	key := d.at("id")
	shell(t, d.dir, "ssh-keygen -q -t ed25519 -N '' -C '' -f id && echo jane@example.test $(cat id.pub) > allowed_signers")
	d.must(t, "sign", run, "--role", "reviewer", "--name", "jane@example.test", "--key", key, "--remark", "seen")
	out := d.must(t, "verify", run, "--allowed-signers", d.at("allowed_signers"))
	if !strings.Contains(out, "jane@example.test has signed as reviewer") {
		t.Errorf("sign-off:\n%s", out)
	}
	d.must(t, "bundle", run, "-o", d.at("drill.zip"))
	commands := readme(t)
	try := func(change string) (string, error) {
		t.Helper()
		dir := t.TempDir()
		for _, f := range []string{"drill.zip", "kept.checkpoint", "allowed_signers", "config/maildrill/signing.pub"} {
			b, err := os.ReadFile(d.at(f))
			must(t, err)
			must(t, os.WriteFile(filepath.Join(dir, filepath.Base(f)), b, 0o644))
		}
		script := strings.Replace(commands, "cd \"$RUN\"\n", "cd \"$RUN\"\n"+change+"\n", 1)
		cmd := exec.Command("bash", "-euo", "pipefail", "-c", script)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	if out, err := try(""); err != nil || !strings.Contains(out, "5 leaves") && !strings.Contains(out, "3 leaves") {
		t.Fatalf("the README's commands: %v\n%s", err, out)
	}
	for _, change := range []string{
		"flip() { printf \"$2\" | dd of=\"$1\" bs=1 seek=$3 conv=notrunc status=none; }; flip record.json X 40",
		"echo >> scenario.yaml", "rm logs/dns1.log", "touch extra",
		"sed -i 's/PASSED/FAILED/' manifest.json; printf ' ' >> manifest.json; sed -i \"s/^.*  manifest.json/$(sha256sum < manifest.json | cut -c1-64)  manifest.json/\" SHA256SUMS",
		"sed -i 's/\"sig\": \"./\"sig\": \"_/' attestation.json", "sed -i 's/^index 1/index 0/' run.tlog-proof",
		"sed -i 's/reviewer/approver/' signoff/*.json", "sed -i 's/\"verdict\":\"/&un/' ../register/leaves.jsonl", "sed -i '1d' ../register/leaves.jsonl",
		"sed -i '2s/.*/1/' ../kept.checkpoint",
	} {
		if out, err := try(change); err == nil {
			t.Errorf("%s: the README's commands take it\n%s", change, out)
		}
	}
}

// readme gives the commands of the README, one after the other.
func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../reports/evidence/README.md")
	must(t, err)
	var all strings.Builder
	for _, part := range strings.Split(string(text), "```sh\n")[1:] {
		block, _, ok := strings.Cut(part, "\n```\n")
		if !ok {
			t.Fatal("a block of the README has no end")
		}
		all.WriteString(block + "\n")
	}
	return all.String()
}

func shell(t *testing.T, dir, script string) {
	t.Helper()
	cmd := exec.Command("bash", "-euo", "pipefail", "-c", script)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", script, err, out)
	}
}

// aBundleIsVerifiedAlone: by somebody who has nothing but it and the public key.
func aBundleIsVerifiedAlone(t *testing.T, d *desk, run string) {
	path := d.at("alone.zip")
	d.must(t, "bundle", run, "-o", path)
	if _, _, code := d.call("bundle", run, "-o", path); code != exitUsage {
		t.Errorf("written over: exit %d", code)
	}
	auditor := &desk{dir: t.TempDir()}
	auditor.vars = map[string]string{"HOME": auditor.dir}
	public := d.at("config/maildrill/signing.pub")
	out := auditor.must(t, "verify", path, "--key", public, "--checkpoint", d.at("kept.checkpoint"))
	if !strings.Contains(out, "everything that was checked fits") || strings.Contains(out, "not proven") || strings.Contains(out, os.TempDir()+"/maildrill-bundle") {
		t.Errorf("the auditor sees\n%s", out)
	}
	if out, _, code := auditor.call("verify", path); code != exitEvidence || !strings.Contains(out, "which proves nothing") {
		t.Errorf("without a key: exit %d\n%s", code, out)
	}
	whole, err := os.ReadFile(path)
	must(t, err)
	whole[len(whole)/2] ^= 1
	must(t, os.WriteFile(path, whole, 0o644))
	if out, _, code := auditor.call("verify", path, "--key", public); code != exitEvidence || !strings.Contains(out, "it was damaged or changed") {
		t.Errorf("damaged: exit %d\n%s", code, out)
	}
	if entries, _ := os.ReadDir(auditor.dir); len(entries) > 0 {
		t.Errorf("the auditor's folder has %v", entries)
	}
}

// refusing is a runtime that does not start, and says what it saw. Without an error
// it waits to be interrupted.
type refusing struct {
	topology.Runtime
	seen func()
	err  error
}

func (r refusing) Start(ctx context.Context, _ topology.Topology, _ topology.Options) (topology.System, error) {
	r.seen()
	if r.err == nil {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return nil, r.err
}

var errNoSystem = errors.New("no system")

// session runs the drill on a system that never starts; seen is called when it
// should.
func (d *desk) session(t *testing.T, o runOptions, err error, seen func()) (result, string, error) {
	t.Helper()
	path := d.at("brief.yaml")
	must(t, os.WriteFile(path, []byte(onceBrief), 0o644))
	var out, errs bytes.Buffer
	p := d.process(&out, &errs)
	p.Signals = d.signals
	o.names, o.runtime, o.out, o.jobs, o.lease = []string{path}, "embedded", d.at("runs"), 1, 1
	all, collectErr := p.collect(o)
	must(t, collectErr)
	reg, regErr := p.registration(o.register)
	if regErr != nil {
		return result{}, errs.String(), regErr
	}
	embedded, rtErr := p.runtime(t.Context(), "embedded", d.at("scratch"))
	must(t, rtErr)
	s := &session{p: p, o: o, trials: all, registration: reg, runtime: func(context.Context, string, string) (topology.Runtime, error) {
		return refusing{embedded, seen, err}, nil
	}}
	results, playErr := s.play(t.Context())
	must(t, playErr)
	return results[0], errs.String(), nil
}

// The place is taken before the first container, and closed though none ever ran.
func TestThePlaceIsTakenBeforeAnythingStarts(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	open := 0
	r, _, err := d.session(t, runOptions{}, errNoSystem, func() {
		for _, run := range d.runs(t) {
			if run.State == "open" {
				open++
			}
		}
	})
	must(t, err)
	all := d.runs(t)
	if open != 1 || len(all) != 1 || all[0].State != "closed" || all[0].Ending != "error" || all[0].Exit != r.code || r.code != exitDefect {
		t.Errorf("%d open when it started; then %+v; exit %d", open, all, r.code)
	}
	out, _, code := d.call("verify", r.folder)
	if code != 0 || !strings.Contains(out, "which ended as error") {
		t.Errorf("exit %d\n%s", code, out)
	}
}

// Whatever happens, the run is closed with what became of it.
func TestARunIsClosedHoweverItEnds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		err    error
		signal bool
		ending string
		exit   int
	}{
		{"a defect", errNoSystem, false, "error", exitDefect},
		{"no engine", topology.ErrUnavailable, false, "error", exitEnvironment},
		{"a signal", nil, true, "aborted", exitStopped},
		{"time is up", nil, false, "aborted", exitStopped},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t)
			o := runOptions{}
			if !c.signal && c.err == nil {
				o.timeout = 1
			}
			r, errs, err := d.session(t, o, c.err, func() {
				if c.signal {
					d.signals <- os.Interrupt
				}
			})
			must(t, err)
			all := d.runs(t)
			if len(all) != 1 || all[0].State != "closed" || all[0].Ending != c.ending || all[0].Exit != c.exit || r.code != c.exit {
				t.Errorf("exit %d, %+v\n%s", r.code, all, errs)
			}
			if out, _, code := d.call("verify", r.folder); code != 0 {
				t.Errorf("verify: exit %d\n%s", code, out)
			}
		})
	}
}

func TestARunThatMustBeRegisteredDoesNotStartOtherwise(t *testing.T) {
	t.Parallel()
	nobody := &desk{dir: t.TempDir()}
	nobody.vars = map[string]string{"HOME": nobody.dir}
	started := func() { t.Error("it started") }
	if r, errs, err := nobody.session(t, runOptions{registered: true}, nil, started); err != nil || r.code != exitEnvironment || r.folder != "" {
		t.Errorf("no key: exit %d, folder %q, %v\n%s", r.code, r.folder, err, errs)
	}
	path := nobody.at("brief.yaml")
	if _, errs, code := nobody.call("run", path, "--runtime", "embedded", "--out", nobody.at("runs"), "--register-required"); code != exitEnvironment || !strings.Contains(errs, "nothing was started") {
		t.Errorf("no key: exit %d\n%s", code, errs)
	}
	d := newDesk(t)
	for _, where := range []string{"", d.at("not-mounted"), "git+" + d.at("nothing.git") + "#x"} {
		r, errs, err := d.session(t, runOptions{registered: true, register: where}, nil, started)
		must(t, err)
		if r.code != exitEnvironment || r.folder != "" {
			t.Errorf("%s: exit %d, folder %q\n%s", where, r.code, r.folder, errs)
		}
		if where == "" { // the key's own, which is begun where it is not needed
			continue
		}
		begun := false
		r, errs, err = d.session(t, runOptions{register: where}, errNoSystem, func() { begun = true })
		must(t, err)
		if !begun || r.place != nil || !strings.Contains(errs, "the run starts without a place in the register") {
			t.Errorf("%s: begun %v, place %+v\n%s", where, begun, r.place, errs)
		}
		if out, _, code := d.call("verify", r.folder); code != exitEvidence || !strings.Contains(out, "the run is in no register") {
			t.Errorf("%s: verify: exit %d\n%s", where, code, out)
		}
	}
	if left, _ := filepath.Glob(d.at("runs/*/events.jsonl")); len(left) != 2 {
		t.Errorf("run folders: %v", left)
	}
}

// A scenario that is meant for an audit takes its place, or does not start.
func TestAnAuditRunMustBeRegistered(t *testing.T) {
	plan := &planning.Plan{}
	if (runOptions{}).mustRegister(&trials{plan: plan}) || !(runOptions{registered: true}).mustRegister(&trials{plan: plan}) {
		t.Error("a run must be registered that need not, or the other way round")
	}
	plan.Scenario.Audit = true
	if !(runOptions{}).mustRegister(&trials{plan: plan}) {
		t.Error("an audit run need not be registered")
	}
}

// A register that does not fit together stops a run whether it must be in it or not.
func TestARunDoesNotStartOnABrokenRegister(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	_, _, err := d.session(t, runOptions{}, errNoSystem, func() {})
	must(t, err)
	leaves, err := filepath.Glob(d.at("data/maildrill/registers/*/leaves.jsonl"))
	must(t, err)
	text, err := os.ReadFile(leaves[0])
	must(t, err)
	broken := bytes.Replace(text, []byte(`"verdict":"error"`), []byte(`"verdict":"passed"`), 1)
	must(t, os.WriteFile(leaves[0], broken, 0o644))
	r, errs, err := d.session(t, runOptions{}, nil, func() { t.Error("it started") })
	must(t, err)
	if r.code != exitEvidence || !strings.Contains(errs, "leaves were changed, dropped or swapped") {
		t.Errorf("exit %d\n%s", r.code, errs)
	}
	if now, err := os.ReadFile(leaves[0]); err != nil || !bytes.Equal(now, broken) {
		t.Error("the register was changed")
	}
}

// Keys that cannot be used are an error, never a run without a signature.
func TestAKeyThatCannotBeUsedStopsTheRun(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	must(t, os.Chmod(d.at("config/maildrill/signing.key"), 0o644))
	if _, _, err := d.session(t, runOptions{}, nil, func() { t.Error("it started") }); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("%v", err)
	}
}

// A run that could not be closed at its end is closed by hand, with its verdict.
func TestARunIsClosedByHand(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	shared := d.at("shared")
	d.must(t, "register", "init", "--register", shared)
	d.vars[registerVariable] = shared
	hidden := d.at("away")
	ctxless := func() { must(t, os.Rename(shared, hidden)) } // the share goes away while the drill runs
	r, errs, err := d.session(t, runOptions{}, errNoSystem, ctxless)
	must(t, err)
	if r.code != exitDefect || r.unsealed != exitEnvironment || !strings.Contains(errs, "maildrill register close "+r.folder) {
		t.Errorf("exit %d, unsealed %d\n%s", r.code, r.unsealed, errs)
	}
	must(t, os.Rename(hidden, shared))
	if all := d.runs(t); len(all) != 1 || all[0].State != "open" {
		t.Errorf("%+v", all)
	}
	if _, errs, code := d.call("register", "close", "nobody"); code != exitUsage || !strings.Contains(errs, "is not in the register") {
		t.Errorf("exit %d: %s", code, errs)
	}
	d.must(t, "register", "close", r.folder)
	if all := d.runs(t); all[0].State != "closed" || all[0].Ending != string(record.Error) || all[0].Exit != exitDefect {
		t.Errorf("%+v", all)
	}
	d.must(t, "verify", r.folder)
	if _, _, code := d.call("register", "amend", r.folder, "--text", "two\nlines"); code != exitUsage {
		t.Errorf("two lines: exit %d", code)
	}
	d.must(t, "register", "amend", r.folder, "--text", "the share was away")
	if out := d.must(t, "verify", r.folder); !strings.Contains(out, "the register adds: the share was away") {
		t.Errorf("the amendment:\n%s", out)
	}
	if _, errs, code := d.call("register", "close", r.folder); code != exitUsage || !strings.Contains(errs, "is closed already") {
		t.Errorf("exit %d: %s", code, errs)
	}
}
