package register_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"maildrill/harness/record"
	"maildrill/reports/evidence/evidencetest"
	"maildrill/reports/evidence/keys"
	"maildrill/reports/evidence/register"
)

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

// begun is an empty register in a folder.
func begun(t testing.TB) (dir string, key *keys.Key, r *register.Register) {
	t.Helper()
	dir, key = filepath.Join(t.TempDir(), "register"), evidencetest.Key(t)
	return dir, key, evidencetest.Register(t, dir, key)
}

func TestRunsTakeTheirPlacesInOrder(t *testing.T) {
	dir, key, r := begun(t)
	for n := range int64(3) {
		id := fmt.Sprintf("run-%d", n)
		place, err := r.Start(t.Context(), id, evidencetest.Start())
		must(t, err)
		if place.Index != 2*n || place.Size != place.Index+1 || place.Origin != evidencetest.Origin || place.Root == "" {
			t.Errorf("%s: %+v", id, place)
		}
		proof, err := r.Close(t.Context(), id, register.Close{Verdict: record.Failed, Exit: 1, Manifest: "ab"})
		must(t, err)
		_, leaf, checkpoint, err := register.ReadProof(proof.Marshal(), key.Public())
		must(t, err)
		if leaf.Run != id || leaf.Close == nil || leaf.Close.Start != place.Index || checkpoint.Size != 2*n+2 {
			t.Errorf("%s: %+v, %+v", id, leaf, checkpoint)
		}
	}
	v, err := register.Read(t.Context(), dir, key.Public())
	must(t, err)
	runs := v.Runs(time.Now())
	if len(v.Defects) > 0 || len(runs) != 3 || runs[1].State != "closed" || runs[1].Close.Verdict != record.Failed {
		t.Errorf("%v, %+v", v.Defects, runs)
	}
}

func TestWhatMakesNoSenseIsRefused(t *testing.T) {
	_, _, r := begun(t)
	ctx := t.Context()
	start := func(id string) error { _, err := r.Start(ctx, id, evidencetest.Start()); return err }
	end := func(id string) error { _, err := r.Close(ctx, id, register.Close{}); return err }
	must(t, start("a"))
	must(t, start("b"))
	must(t, end("a"))
	for name, err := range map[string]error{
		"the same run again": start("a"), "the end of a run that never started": end("c"), "a second end": end("a"),
		"a signature under a run that never started": r.Sign(ctx, "c", register.Signoff{Role: "reviewer"}), "beginning again": r.Init(ctx),
	} {
		if err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if closed := new(register.ClosedError); !errors.As(end("a"), &closed) || closed.Leaf != 2 {
		t.Errorf("a second end: %v", end("a"))
	}
}

// Names that could lead out of a folder, be taken for another, or command a
// terminal.
func TestHostileRunIDsAreRefused(t *testing.T) {
	dir, _, r := begun(t)
	for _, id := range []string{"", ".", "..", "../up", "a/b", `a\b`, "a\nb", "a\x00b", "\x1b[2Jgone", "run\u202Egnp", "a b", "\xff\xfe", "a\u00a0b", strings.Repeat("x", 256)} {
		if _, err := r.Start(t.Context(), id, evidencetest.Start()); err == nil {
			t.Errorf("%q was taken", id)
		}
	}
	if text := read(t, filepath.Join(dir, register.LeavesFile)); len(text) > 0 {
		t.Errorf("written: %q", text)
	}
	for _, id := range []string{"a", "20261123-184105-backup-mx-3fa9", "übung-ж", "<script>", "-rf", "run.tlog-proof", strings.Repeat("x", 255)} {
		if _, err := r.Start(t.Context(), id, evidencetest.Start()); err != nil {
			t.Errorf("%q: %v", id, err)
		}
	}
}

// Every bit of a proof and of a checkpoint counts, those of base64 too that mean
// nothing.
func TestEveryBitOfAProofCounts(t *testing.T) {
	dir, key, r := begun(t)
	var proof *register.Proof
	for _, id := range []string{"a", "b", "c"} {
		_, err := r.Start(t.Context(), id, evidencetest.Start())
		must(t, err)
		proof, err = r.Close(t.Context(), id, register.Close{})
		must(t, err)
	}
	whole, leaves, signed := proof.Marshal(), read(t, filepath.Join(dir, register.LeavesFile)), read(t, filepath.Join(dir, register.CheckpointFile))
	flips(whole, func(changed []byte, what string) {
		if _, _, _, err := register.ReadProof(changed, key.Public()); err == nil {
			t.Errorf("proof, %s: taken\n%s", what, changed)
		}
	})
	flips(signed, func(changed []byte, what string) {
		if v := register.Parse(register.Files{Leaves: leaves, Checkpoint: changed}, key.Public()); len(v.Defects) == 0 {
			t.Errorf("checkpoint, %s: taken\n%s", what, changed)
		}
	})
	flips(leaves, func(changed []byte, what string) {
		if v := register.Parse(register.Files{Leaves: changed, Checkpoint: signed}, key.Public()); len(v.Defects) == 0 {
			t.Errorf("leaves, %s: taken\n%s", what, changed)
		}
	})
}

// flips changes bits: all of the last hundred bytes, where signatures end, and one
// of each byte before.
func flips(whole []byte, try func(changed []byte, what string)) {
	for n := range whole {
		for bit := range 8 {
			if n < len(whole)-100 && bit != n%8 {
				continue
			}
			changed := bytes.Clone(whole)
			changed[n] ^= 1 << bit
			try(changed, fmt.Sprintf("bit %d of byte %d", bit, n))
		}
	}
}

// A register that does not fit together is refused, named, and left as it is.
func TestABrokenRegisterIsLeftAsItIs(t *testing.T) {
	dir, key, r := begun(t)
	for _, id := range []string{"a", "b"} {
		_, err := r.Start(t.Context(), id, evidencetest.Start())
		must(t, err)
	}
	leaves, checkpoint := filepath.Join(dir, register.LeavesFile), filepath.Join(dir, register.CheckpointFile)
	text, signed := read(t, leaves), read(t, checkpoint)
	lines := bytes.SplitAfter(text, []byte("\n"))
	other := filepath.Join(t.TempDir(), "register")
	evidencetest.Register(t, other, evidencetest.Key(t))
	for _, c := range []struct {
		name         string
		leaves, sign []byte
		want         string
	}{
		{"a leaf dropped", lines[0], signed, "1 leaves, and its checkpoint speaks of 2"},
		{"a leaf changed", bytes.Replace(text, []byte("tiny"), []byte("tinY"), 1), signed, "leaves were changed"},
		{"a leaf added", append(bytes.Clone(text), lines[0]...), signed, "the leaf is in no checkpoint"},
		{"half a leaf added", append(bytes.Clone(text), lines[0][:30]...), signed, "the line is cut short"},
		{"leaves swapped", append(bytes.Clone(lines[1]), lines[0]...), signed, "it says that it is leaf 1"},
		{"no checkpoint", text, nil, "checkpoint: it is no signed checkpoint"},
		{"another key's checkpoint", text, read(t, filepath.Join(other, register.CheckpointFile)), "it is signed by " + evidencetest.Origin},
		{"no leaves", nil, signed, "0 leaves, and its checkpoint speaks of 2"},
		{"no newline at the end", bytes.TrimSuffix(text, []byte("\n")), signed, "the line is cut short"},
		{"an unknown field", bytes.Replace(text, []byte(`"run"`), []byte(`"x":1,"run"`), 1), signed, "not in the form that maildrill writes"},
	} {
		must(t, os.WriteFile(leaves, c.leaves, 0o644))
		must(t, os.WriteFile(checkpoint, c.sign, 0o644))
		_, err := r.Start(t.Context(), "c", evidencetest.Start())
		broken := new(register.BrokenError)
		if !errors.As(err, &broken) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
		if !bytes.Equal(read(t, leaves), c.leaves) || !bytes.Equal(read(t, checkpoint), c.sign) {
			t.Errorf("%s: it was written to", c.name)
		}
	}
	must(t, os.WriteFile(leaves, text, 0o644))
	must(t, os.WriteFile(checkpoint, signed, 0o644))
	stranger, err := register.Open(dir, evidencetest.Key(t))
	must(t, err)
	if _, err := stranger.Start(t.Context(), "c", evidencetest.Start()); err == nil || !strings.Contains(err.Error(), "it is signed by "+key.Public().ID()) {
		t.Errorf("another key: %v", err)
	}
	_, err = r.Start(t.Context(), "c", evidencetest.Start())
	must(t, err)
}

func TestARegisterThatIsNotThereIsNotMadeUp(t *testing.T) {
	key := evidencetest.Key(t)
	dir := filepath.Join(t.TempDir(), "mnt")
	r, err := register.Open(dir, key)
	must(t, err)
	if _, err := r.Start(t.Context(), "a", evidencetest.Start()); !errors.Is(err, register.ErrMissing) {
		t.Errorf("no folder: %v", err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("a folder was made: %v", err)
	}
	must(t, os.Mkdir(dir, 0o755)) // a folder that nothing is mounted on
	if _, err := r.Start(t.Context(), "a", evidencetest.Start()); !errors.Is(err, register.ErrMissing) {
		t.Errorf("an empty folder: %v", err)
	}
}

// An open run is shown as open, and after hours as orphaned.
func TestARunWithoutAnEndIsShown(t *testing.T) {
	dir, key, r := begun(t)
	_, err := r.Start(t.Context(), "a", evidencetest.Start())
	must(t, err)
	v, err := register.Read(t.Context(), dir, key.Public())
	must(t, err)
	for after, want := range map[time.Duration]string{0: "open", register.OrphanedAfter - time.Minute: "open", register.OrphanedAfter + time.Minute: "orphaned"} {
		if got := v.Runs(time.Now().Add(after))[0].State; got != want {
			t.Errorf("after %v: %s, want %s", after, got, want)
		}
	}
}

// Somebody else who holds the lock for ever does not hold up for ever.
func TestALockThatIsHeldIsNotWaitedForForEver(t *testing.T) {
	dir, _, r := begun(t)
	_, err := r.Start(t.Context(), "a", evidencetest.Start())
	must(t, err)
	f, err := os.Open(filepath.Join(dir, "lock"))
	must(t, err)
	defer f.Close()
	must(t, unix.Flock(int(f.Fd()), unix.LOCK_EX))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Start(ctx, "b", evidencetest.Start()); !errors.Is(err, register.ErrUnreachable) {
		t.Errorf("held: %v", err)
	}
	must(t, f.Close())
	_, err = r.Start(t.Context(), "b", evidencetest.Start())
	must(t, err)
}
