package register

import (
	"bytes"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"maildrill/reports/evidence/keys"
)

// View is a register as it was read. Its leaves fit its checkpoint if it has no
// defects.
type View struct {
	Checkpoint Checkpoint
	Signed     []byte // the checkpoint as it is stored
	Leaves     []Leaf
	lines      [][]byte
	tree       tree
	// Defects are all that does not fit.
	Defects []Defect
	// Cut tells of an append that was cut off, and is shown as completed.
	Cut bool
}

// Defect is one thing that does not fit.
type Defect struct {
	Where string // "leaves.jsonl line 5"
	Run   string // the run that it is about, if it is about one
	What  string
}

func (d Defect) String() string {
	if d.Run != "" {
		return fmt.Sprintf("%s (run %s): %s", d.Where, d.Run, d.What)
	}
	return d.Where + ": " + d.What
}

// Files are the files of a register. Empty leaves without a checkpoint are no
// register.
type Files struct{ Leaves, Checkpoint, Pending []byte }

// Names of the files.
const (
	LeavesFile     = "leaves.jsonl"
	CheckpointFile = "checkpoint"
	pendingFile    = "pending"
	lockFile       = "lock"
)

// Parse reads a register and notes everything that does not fit; the key is the
// one that must have signed it.
func Parse(f Files, key keys.Public) *View {
	v := &View{Signed: f.Checkpoint}
	f = v.complete(f, key)
	checkpoint, err := readOwn(f.Checkpoint, key)
	if err != nil {
		v.defect(CheckpointFile, "", "%v", err)
	}
	v.Checkpoint, v.Signed = checkpoint, f.Checkpoint
	v.read(f.Leaves)
	if err == nil {
		v.compare()
	}
	v.follow()
	return v
}

func (v *View) defect(where, run, format string, args ...any) {
	v.Defects = append(v.Defects, Defect{Where: where, Run: run, What: fmt.Sprintf(format, args...)})
}

func place(n int) string { return fmt.Sprintf("%s line %d", LeavesFile, n+1) }

// read takes the lines apart. A line that is no leaf still counts in the tree.
func (v *View) read(text []byte) {
	n := bytes.Count(text, []byte("\n")) + 1
	v.Leaves, v.lines, v.tree.hashes = make([]Leaf, 0, n), make([][]byte, 0, n), make([]tlog.Hash, 0, 2*n)
	for line := range bytes.Lines(text) {
		n := len(v.lines)
		whole := bytes.TrimSuffix(line, []byte("\n"))
		if len(whole) == len(line) {
			v.defect(place(n), "", "the line is cut short")
		}
		l, err := parseLeaf(whole)
		if err != nil {
			v.defect(place(n), "", "%v", err)
			l = Leaf{N: int64(n)}
		}
		if err := v.tree.add(int64(n), whole); err != nil {
			v.defect(place(n), l.Run, "%v", err)
		}
		v.Leaves, v.lines = append(v.Leaves, l), append(v.lines, whole)
	}
}

// compare holds the leaves against the checkpoint.
func (v *View) compare() {
	size, have := v.Checkpoint.Size, int64(len(v.lines))
	if have < size {
		v.defect(LeavesFile, "", "it has %d leaves, and its checkpoint speaks of %d: dropped were %d", have, size, size-have)
		return
	}
	for n := size; n < have; n++ {
		v.defect(place(int(n)), v.Leaves[n].Run, "the leaf is in no checkpoint: it was not maildrill that added it, or the checkpoint is an old one")
	}
	root, err := v.tree.root(size)
	if err != nil || root != v.Checkpoint.Root {
		v.defect(LeavesFile, "", "its first %d leaves give the root %s, and the checkpoint says %s: leaves were changed, dropped or swapped", size, root, v.Checkpoint.Root)
	}
}

// Size is the number of leaves that were read.
func (v *View) Size() int64 { return int64(len(v.lines)) }

// Root is the root over the first leaves.
func (v *View) Root(size int64) (tlog.Hash, error) {
	if size > v.Size() {
		return tlog.Hash{}, fmt.Errorf("the register has %d leaves, fewer than %d", v.Size(), size)
	}
	return v.tree.root(size)
}

// Line is a leaf as it is written.
func (v *View) Line(n int64) []byte { return v.lines[n] }

// Files gives the register as one that can be written elsewhere.
func (v *View) Files() Files {
	return Files{Leaves: append(bytes.Join(v.lines, []byte("\n")), tail(v.lines)...), Checkpoint: v.Signed}
}

func tail(lines [][]byte) []byte {
	if len(lines) == 0 {
		return nil
	}
	return []byte("\n")
}
