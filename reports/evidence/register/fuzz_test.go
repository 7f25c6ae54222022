package register_test

import (
	"testing"
	"time"

	"maildrill/reports/evidence/evidencetest"
	"maildrill/reports/evidence/register"
)

// Whatever a register or a proof holds, reading it ends, and what does not come from
// the key's holder is not taken.
func FuzzRead(f *testing.F) {
	key := evidencetest.Key(f)
	start := evidencetest.Start()
	sound := evidencetest.Forge(f, f.TempDir(), []register.Leaf{{Run: "a", Start: &start}, {Run: "a", Close: &register.Close{}}}, key)
	f.Add(sound.Leaves, sound.Checkpoint, []byte{})
	f.Add(sound.Leaves[:40], sound.Checkpoint, []byte(`{"leaves":"x\n","checkpoint":"y"}`))
	f.Add([]byte("{}\n\n{"), []byte("x\n-1\nAA==\n\n\u2014 x AAAAAAAA\n"), []byte("{"))
	f.Add([]byte("c2sp.org/tlog-proof@v1\nextra e30=\nindex 0\n\n"), sound.Checkpoint, []byte{})
	f.Fuzz(func(t *testing.T, leaves, checkpoint, pending []byte) {
		v := register.Parse(register.Files{Leaves: leaves, Checkpoint: checkpoint, Pending: pending}, key.Public())
		if len(v.Defects) == 0 && (string(leaves) != string(sound.Leaves) || string(checkpoint) != string(sound.Checkpoint)) {
			t.Error("taken")
		}
		for _, r := range v.Runs(time.Time{}) {
			_, _ = v.Place(r)
		}
		if _, _, _, err := register.ReadProof(append(leaves, checkpoint...), key.Public()); err == nil {
			t.Error("a proof was taken")
		}
	})
}
