package verify_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"maildrill/harness/record"
	"maildrill/reports/evidence/evidencetest"
	"maildrill/reports/evidence/keys"
	"maildrill/reports/evidence/register"
	"maildrill/reports/evidence/seal"
	"maildrill/reports/evidence/verify"
)

// leaves reads the register as somebody does who wants to write it anew.
func leaves(t *testing.T, path string) (all []register.Leaf) {
	t.Helper()
	for line := range bytes.Lines(read(t, path)) {
		var l register.Leaf
		must(t, json.Unmarshal(line, &l))
		all = append(all, l)
	}
	return all
}

func hexDigest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// without takes a run out of a register.
func without(all []register.Leaf, run string) (kept []register.Leaf) {
	places := map[int64]int64{}
	for n, l := range all {
		if l.Run == run {
			continue
		}
		places[int64(n)] = int64(len(kept))
		if l.Close != nil {
			c := *l.Close
			c.Start = places[c.Start]
			l.Close = &c
		}
		kept = append(kept, l)
	}
	return kept
}

// relink drops an event and makes the chain anew.
func relink(t *testing.T, path, kind string) {
	t.Helper()
	var out []byte
	prev, n := "", 0
	for line := range bytes.Lines(read(t, path)) {
		var e map[string]any
		must(t, json.Unmarshal(line, &e))
		if e["kind"] == kind {
			continue
		}
		n++
		e["n"], e["prev"] = n, prev
		whole, err := json.Marshal(e)
		must(t, err)
		out, prev = append(append(out, whole...), '\n'), hexDigest(whole)
	}
	write(t, path, out)
}

// reseal writes manifest and checksums for what is in the folder now.
func reseal(t *testing.T, s *scene, id string, key *keys.Key) {
	t.Helper()
	old, err := seal.ReadManifest(read(t, s.at(id+"/manifest.json")))
	must(t, err)
	text := read(t, s.at(id+"/record.json"))
	rec, err := record.Unmarshal(text)
	must(t, err)
	must(t, seal.Run(t.Context(), seal.Closing{Folder: s.at(id), Run: id, Record: &rec, Tool: evidencetest.Tool, Key: key, Place: old.Register}))
}

func TestADroppedEventIsNamed(t *testing.T) {
	s := newScene(t, "run-a")
	path := s.at("run-a/events.jsonl")
	whole := read(t, path)
	lines := bytes.SplitAfter(whole, []byte("\n"))
	write(t, path, bytes.Join(slices.Delete(slices.Clone(lines), 3, 4), nil))
	if f := s.run(t, "run-a"); f.OK || !strings.Contains(told(f), "line 4 does not follow from line 3") {
		t.Errorf("dropped:\n%s", told(f))
	}
	write(t, path, whole)
	relink(t, path, "note")
	f := s.run(t, "run-a")
	if f.OK || !strings.Contains(told(f), "artefacts: events.jsonl: it has") || strings.Contains(told(f), "does not follow") {
		t.Errorf("dropped, and the chain made anew:\n%s", told(f))
	}
	reseal(t, s, "run-a", nil)
	f = s.run(t, "run-a")
	if f.OK || !strings.Contains(told(f), "signature: attestation.json") || !strings.Contains(told(f), "the run was sealed anew") || strings.Contains(told(f), "artefacts") {
		t.Errorf("and the manifest made anew:\n%s", told(f))
	}
	reseal(t, s, "run-a", s.key)
	f = s.run(t, "run-a")
	if f.OK || !strings.Contains(told(f), "close: manifest.json: its SHA-256 is") || strings.Contains(told(f), "signature") {
		t.Errorf("and signed anew with the real key:\n%s", told(f))
	}
}

func TestADroppedRunIsNamed(t *testing.T) {
	s := newScene(t, "run-a", "run-b", "run-c")
	path := s.at("register/leaves.jsonl")
	whole := read(t, path)
	lines := bytes.SplitAfter(whole, []byte("\n"))
	for _, c := range []struct {
		name string
		keep []int
		want []string
	}{
		{"the start of b", []int{0, 1, 3, 4, 5}, []string{"line 3, run run-b: it says that it is leaf 3, and leaf 2 should stand here: 1 before it were dropped", "the start of its run, leaf 2, is not before it", "5 leaves, and its checkpoint speaks of 6: dropped were 1"}},
		{"the close of b", []int{0, 1, 2, 4, 5}, []string{"line 4, run run-c: it says that it is leaf 4, and leaf 3 should stand here"}},
		{"all of b", []int{0, 1, 4, 5}, []string{"line 3, run run-c: it says that it is leaf 4, and leaf 2 should stand here: 2 before it were dropped", "dropped were 2"}},
		{"the last run", []int{0, 1, 2, 3}, []string{"4 leaves, and its checkpoint speaks of 6: dropped were 2"}},
		{"swapped starts", []int{2, 1, 0, 3, 4, 5}, []string{"line 1, run run-b: it says that it is leaf 2, and leaf 0", "line 2, run run-a: the start of its run, leaf 0, is not before it"}},
		{"swapped runs", []int{2, 3, 0, 1, 4, 5}, []string{"line 1, run run-b: it says that it is leaf 2", "line 3, run run-a: it says that it is leaf 0"}},
		{"a leaf twice", []int{0, 1, 1, 2, 3, 4, 5}, []string{"the run is closed already, at leaf 1"}},
	} {
		var text []byte
		for _, n := range c.keep {
			text = append(text, lines[n]...)
		}
		write(t, path, text)
		f := s.wholeRegister(t)
		for _, want := range c.want {
			if f.OK || !strings.Contains(told(f), want) {
				t.Errorf("%s: no %q in\n%s", c.name, want, told(f))
			}
		}
		if f := s.run(t, "run-b"); f.OK {
			t.Errorf("%s: run-b is verified", c.name)
		}
	}
	write(t, path, whole)
}

// The strongest opponent: he has the real key, takes a failed run out of the
// register, and signs the rest anew.
func TestARunTakenOutWithTheRealKeyIsNamedByWhatOthersKept(t *testing.T) {
	s := newScene(t, "run-a", "run-b")
	public := s.key.Public()
	checkpoint := read(t, s.at("register/checkpoint"))
	proof := read(t, s.at("run-b/run.tlog-proof"))
	day := s.options(t).Register
	evidencetest.Play(t, s.dir, "run-c", s.key, s.register)

	evidencetest.Forge(t, s.at("register"), without(leaves(t, s.at("register/leaves.jsonl")), "run-b"), s.key)
	f := s.wholeRegister(t)
	if !f.OK || !strings.Contains(list(f), "completeness not proven") {
		t.Errorf("nobody kept anything, so that nothing can show it, and this must be said:\n%s", list(f))
	}
	for name, text := range map[string][]byte{"checkpoint": checkpoint, "proof": proof} {
		kept, err := verify.ReadKept(name, text, public)
		must(t, err)
		o := s.options(t)
		o.Kept = kept
		if f := verify.Register(o); f.OK || !strings.Contains(told(f), "completeness: "+name+": the register "+s.at("register")) && !strings.Contains(told(f), "has other leaves among its first 4") {
			t.Errorf("a kept %s:\n%s", name, told(f))
		}
	}
	kept, err := verify.KeptView("bundle", day)
	must(t, err)
	o := s.options(t)
	o.Kept = kept
	f = verify.Register(o)
	if f.OK || !strings.Contains(told(f), "completeness: run-b: the run was in the register (leaf 2, ") {
		t.Errorf("a kept bundle names the run:\n%s", told(f))
	}
	o = s.options(t)
	o.Folders = s.dir
	if f := verify.Register(o); f.OK || !strings.Contains(told(f), "folders: run-b: the run took leaf 2, and the register does not have it") {
		t.Errorf("his own folders name it:\n%s", told(f))
	}
	if f := s.run(t, "run-b"); f.OK || !strings.Contains(told(f), "run run-b is not in the register") && !strings.Contains(told(f), "made anew") {
		t.Errorf("the run itself:\n%s", told(f))
	}
	if f := s.run(t, "run-c"); f.OK || !strings.Contains(told(f), "run run-c has leaf 2 of the register, and took leaf 4 when it started") {
		t.Errorf("every later run that was given away:\n%s", told(f))
	}
}

// Other ways in which the key's holder writes the register anew.
func TestARegisterThatWasMadeAnewIsNoLongerTheOneKept(t *testing.T) {
	s := newScene(t, "run-a", "run-b")
	kept, err := verify.ReadKept("kept", read(t, s.at("register/checkpoint")), s.key.Public())
	must(t, err)
	all := leaves(t, s.at("register/leaves.jsonl"))
	changed := slices.Clone(all)
	better := *all[3].Close
	better.Verdict = record.Passed
	changed[3].Close = &better
	renamed := slices.Clone(all)
	renamed[0].Run, renamed[1].Run = "run-x", "run-x"
	for name, forged := range map[string][]register.Leaf{
		"shorter": all[:2], "another verdict": changed, "another run": renamed,
		"reordered": {all[2], moved(all[3], 0), all[0], moved(all[1], 2)}, "empty": nil,
	} {
		evidencetest.Forge(t, s.at("register"), forged, s.key)
		o := s.options(t)
		o.Kept = kept
		if f := verify.Register(o); f.OK || !strings.Contains(told(f), "completeness: kept") {
			t.Errorf("%s:\n%s", name, told(f))
		}
	}
	evidencetest.Forge(t, s.at("register"), all, s.key)
	o := s.options(t)
	o.Kept = kept
	if f := verify.Register(o); !f.OK {
		t.Errorf("as it was:\n%s", told(f))
	}
}

func moved(l register.Leaf, start int64) register.Leaf {
	c := *l.Close
	c.Start = start
	l.Close = &c
	return l
}

// A second close, or a second start, of a run that the key's holder adds.
func TestASecondCloseIsNamed(t *testing.T) {
	s := newScene(t, "run-a")
	all := leaves(t, s.at("register/leaves.jsonl"))
	evidencetest.Forge(t, s.at("register"), append(slices.Clone(all), all[1]), s.key)
	if f := s.wholeRegister(t); f.OK || !strings.Contains(told(f), "run run-a: the run is closed already, at leaf 1") {
		t.Errorf("closed twice:\n%s", told(f))
	}
	evidencetest.Forge(t, s.at("register"), append(slices.Clone(all), all[0]), s.key)
	if f := s.wholeRegister(t); f.OK || !strings.Contains(told(f), "run run-a: the run has started already, at leaf 0") {
		t.Errorf("started twice:\n%s", told(f))
	}
	evidencetest.Forge(t, s.at("register"), all[:1], s.key)
	if f := s.run(t, "run-a"); f.OK || !strings.Contains(told(f), "the register has no end of run run-a: it is open") {
		t.Errorf("not closed:\n%s", told(f))
	}
}

// Two folders change places, with everything in them.
func TestSwappedFoldersAreNamed(t *testing.T) {
	s := newScene(t, "run-a", "run-b")
	must(t, os.Rename(s.at("run-a"), s.at("aside")))
	must(t, os.Rename(s.at("run-b"), s.at("run-a")))
	must(t, os.Rename(s.at("aside"), s.at("run-b")))
	for _, id := range []string{"run-a", "run-b"} {
		if f := s.run(t, id); f.OK || !strings.Contains(told(f), "the folder has the name of run "+id) {
			t.Errorf("%s:\n%s", id, told(f))
		}
	}
	o := s.options(t)
	o.Folders = s.dir
	if f := verify.Register(o); f.OK || !strings.Contains(told(f), "folders: run-a: the SHA-256 of its manifest is") {
		t.Errorf("register:\n%s", told(f))
	}
}

// A run of another key, without a key, and in no register.
func TestWhatNobodyHasSignedIsNotVerified(t *testing.T) {
	s := newScene(t, "run-a")
	other := evidencetest.Key(t).Public()
	o := s.options(t)
	o.Key = &other
	if f := verify.Run(s.at("run-a"), o); f.OK || !strings.Contains(told(f), "it is signed by") {
		t.Errorf("another key:\n%s", told(f))
	}
	o.Key, o.Register, o.KeyWhy = nil, nil, "there is none"
	if f := verify.Run(s.at("run-a"), o); f.OK || !strings.Contains(told(f), "which proves nothing") {
		t.Errorf("no key:\n%s", told(f))
	}
	rec := evidencetest.Write(t, s.at("run-z"), "run-z", nil)
	must(t, seal.Run(t.Context(), seal.Closing{Folder: s.at("run-z"), Run: "run-z", Record: rec, Tool: evidencetest.Tool, Key: s.key}))
	if f := s.run(t, "run-z"); f.OK || !strings.Contains(told(f), "the run is in no register") {
		t.Errorf("in no register:\n%s", told(f))
	}
	must(t, os.Remove(s.at("run-a/attestation.json")))
	if f := s.run(t, "run-a"); f.OK || !strings.Contains(told(f), "signature: attestation.json: it is missing") {
		t.Errorf("not signed:\n%s", told(f))
	}
}

// A bundle may be older than the checkpoint that was kept: then it proves nothing
// about completeness, and nothing against it either.
func TestACopyMayBeOlderThanTheCheckpoint(t *testing.T) {
	s := newScene(t, "run-a")
	o := s.options(t)
	evidencetest.Play(t, s.dir, "run-b", s.key, s.register)
	kept, err := verify.ReadKept("kept", read(t, s.at("register/checkpoint")), s.key.Public())
	must(t, err)
	o.Kept, o.Copy = kept, true
	if f := verify.Run(s.at("run-a"), o); !f.OK || !strings.Contains(list(f), "completeness not proven: the checkpoint that was kept is of a later day") {
		t.Errorf("a copy:\n%s", list(f))
	}
	o.Copy = false
	if f := verify.Run(s.at("run-a"), o); f.OK || !strings.Contains(told(f), "has 2 leaves, and had 4: leaves were dropped") {
		t.Errorf("the register itself:\n%s", list(f))
	}
}
