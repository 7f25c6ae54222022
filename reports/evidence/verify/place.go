package verify

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"maildrill/harness/record"
	"maildrill/reports/evidence/register"
	"maildrill/reports/evidence/seal"
)

// statement checks what was signed about the run.
func (i *inspection) statement() {
	text, ok := i.read("signature", seal.AttestationFile)
	switch {
	case !ok:
		return
	case i.o.Key == nil:
		i.open("signature", seal.AttestationFile, "there is no key that is trusted")
		return
	case i.manifestText == nil:
		i.fails("signature", seal.AttestationFile, "there is no manifest that it could be about")
		return
	}
	s, err := seal.ReadStatement(text, *i.o.Key)
	if err != nil {
		i.fails("signature", seal.AttestationFile, "%v", err)
		return
	}
	// Later versions may say more of how it was run; what it is about, and the
	// results, are these.
	want := seal.State(i.manifestText, i.record, i.recordText)
	s.Predicate.Configuration, want.Predicate.Configuration = nil, nil
	if a, b := encoded(s), encoded(want); a != b {
		i.fails("signature", seal.AttestationFile, "it is about something else: %s", differs([]byte(a), []byte(b), "this run gives"))
		return
	}
	i.fits("signature", seal.AttestationFile, "%s has signed: %s, about manifest.json and record.json", i.o.Key.ID(), s.Predicate.Result)
}

func encoded(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// place is what the run took in its register before it started.
func (i *inspection) place() *record.Register {
	if i.record != nil {
		return i.record.Run.Register
	}
	return i.manifest.Register
}

// proof checks that the close leaf was in the register, without the register.
func (i *inspection) proof() {
	if i.place() == nil {
		i.fails("register", "", "the run is in no register: it took no index before it started, so that nobody knows how many others were not shown")
		return
	}
	text, err := readPlain(i.file(seal.ProofFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		i.fails("inclusion", seal.ProofFile, "it is missing: the run was not closed in its register, or somebody took the proof away")
		return
	case err != nil:
		i.fails("inclusion", seal.ProofFile, "%v", err)
		return
	case i.o.Key == nil:
		i.open("inclusion", seal.ProofFile, "there is no key that is trusted")
		return
	}
	p, leaf, c, err := register.ReadProof(text, *i.o.Key)
	if err != nil {
		i.fails("inclusion", seal.ProofFile, "%v", err)
		return
	}
	i.close, i.closedAt = &leaf, p.Index
	i.fits("inclusion", seal.ProofFile, "the path leads from leaf %d to the root of the checkpoint of %d leaves, which %s has signed", p.Index, c.Size, i.o.Key.ID())
	i.consistent("inclusion", seal.ProofFile, c)
}

// consistent tells whether the register of today is the one of the checkpoint, and
// more.
func (i *inspection) consistent(check, about string, c register.Checkpoint) {
	if i.o.Register == nil {
		return
	}
	if why := parts(i.o.Register, c.Size, c.Root.String()); why != "" {
		i.fails(check, about, "the register %s %s", i.o.Where, why)
	}
}

// parts says how a register does not go on from an earlier state; empty: it does.
func parts(v *register.View, size int64, root string) string {
	if v.Size() < size {
		return fmt.Sprintf("has %d leaves, and had %d: leaves were dropped", v.Size(), size)
	}
	now, err := v.Root(size)
	switch {
	case err != nil:
		return err.Error()
	case now.String() != root:
		return fmt.Sprintf("has other leaves among its first %d than it had (root %s, then %s): it was made anew, with a run taken out, changed or moved", size, now, root)
	}
	return ""
}

// started compares the start leaf with what the run says of it.
func (i *inspection) started() {
	place := i.place()
	switch {
	case place == nil:
		return
	case i.o.Register == nil:
		i.open("start", "", "the register is not at hand: %s", i.o.Where)
		return
	case i.o.Key != nil && place.Origin != i.o.Key.Name():
		i.fails("start", "", "the run is in the register %q, and the key is of %q", place.Origin, i.o.Key.Name())
	}
	if m := i.manifest.Register; i.manifestText != nil && (m == nil || *m != *place) {
		i.fails("start", seal.ManifestFile, "it says that the run has the place %s, and the record says %s", encoded(m), encoded(place))
	}
	if why := parts(i.o.Register, place.Size, place.Root); why != "" {
		i.fails("start", "", "the register %s %s; this is seen from run %s, which took leaf %d", i.o.Where, why, i.run(), place.Index)
	}
	run, ok := i.o.Register.Run(i.run(), i.o.Now)
	switch {
	case !ok:
		i.fails("start", "", "run %s is not in the register %s: it was dropped; it had leaf %d", i.run(), i.o.Where, place.Index)
	case run.Index != place.Index:
		i.fails("start", "", "run %s has leaf %d of the register, and took leaf %d when it started: runs were swapped, or others dropped", i.run(), run.Index, place.Index)
	case i.record != nil && i.otherThan(run.Start) != "":
		i.fails("start", "", "leaf %d says that another run would start: %s", run.Index, i.otherThan(run.Start))
	default:
		i.fits("start", "", "run %s took leaf %d of %s at %s, before it started", i.run(), run.Index, place.Origin, run.At)
	}
	for _, text := range run.Notes {
		i.fits("amendment", "", "the register adds: %s", text)
	}
}

// otherThan says in what the record is of another run than the one that was
// announced; empty: in nothing.
func (i *inspection) otherThan(s register.Start) string {
	r := i.record
	ran := register.Start{Scenario: r.Scenario.Name, SHA256: r.Scenario.SHA256, Topology: s.Topology, Runtime: r.Run.Runtime,
		Simulated: r.Simulated, Audit: r.Audit, Required: s.Required, Trial: r.Run.Trial, Series: r.Run.Series, Tool: r.Run.Tool}
	if ran == s {
		return ""
	}
	return fmt.Sprintf("it announced %s, the record has %s", encoded(s), encoded(ran))
}

func (i *inspection) run() string {
	if i.record != nil {
		return i.record.Run.ID
	}
	return i.manifest.Run
}

// closed compares the close leaf with how the run ended.
func (i *inspection) closed() {
	if i.o.Register != nil && i.place() != nil {
		i.closedThere()
	}
	if i.close == nil {
		return
	}
	c := i.close.Close
	before := len(i.Checks)
	switch {
	case c == nil:
		i.fails("close", "", "leaf %d does not close a run", i.closedAt)
		return
	case i.close.Run != i.run():
		i.fails("close", "", "leaf %d closes run %s, and this is run %s", i.closedAt, i.close.Run, i.run())
	case i.manifestText != nil && c.Manifest != digest(i.manifestText):
		i.fails("close", seal.ManifestFile, "its SHA-256 is %s, the register says %s: the run was sealed anew", digest(i.manifestText), c.Manifest)
	}
	if r := i.record; r != nil && (c.Verdict != r.Verdict || c.Dirty != r.Dirty) {
		i.fails("close", seal.RecordFile, "it says %s, dirty %v; the register says %s, dirty %v", r.Verdict, r.Dirty, c.Verdict, c.Dirty)
	}
	if len(i.Checks) == before {
		i.fits("close", "", "leaf %d closes the run as %s, with this manifest", i.closedAt, c.Ending())
	}
}

// closedThere finds the close leaf in the register.
func (i *inspection) closedThere() {
	run, ok := i.o.Register.Run(i.run(), i.o.Now)
	switch {
	case !ok:
		return // told already
	case run.Close == nil:
		i.fails("close", "", "the register has no end of run %s: it is %s", i.run(), run.State)
	case i.close == nil:
		leaf := i.o.Register.Leaves[run.ClosedBy]
		i.close, i.closedAt = &leaf, run.ClosedBy
	case run.ClosedBy != i.closedAt:
		i.fails("close", seal.ProofFile, "it is about leaf %d, and leaf %d of the register closes the run", i.closedAt, run.ClosedBy)
	}
}

// named compares the name of the folder with the run in it: two folders may have
// been swapped. A copy may be called anything but the name of another run.
func (i *inspection) named() {
	called := filepath.Base(filepath.Clean(i.dir))
	if i.run() == "" || called == i.run() || i.o.Register == nil {
		return
	}
	if _, other := i.o.Register.Run(called, i.o.Now); other {
		i.fails("name", called, "the folder has the name of run %s, and holds run %s: they were swapped", called, i.run())
	}
}

// registered says what does not fit in the register itself.
func (i *inspection) registered() {
	if i.place() == nil {
		return
	}
	if i.o.Register == nil {
		i.open("register", "", "it is not at hand: %s", i.o.Where)
		return
	}
	whole(&i.Findings, i.o.Register, i.o.Where)
	if c := i.o.Carried; c != nil {
		whole(&i.Findings, c, "the register in the bundle")
		i.consistent("register", "the register in the bundle", c.Checkpoint)
	}
}

// complete compares with what somebody kept elsewhere.
func (i *inspection) complete() {
	if i.place() != nil {
		complete(&i.Findings, i.o)
	}
}
