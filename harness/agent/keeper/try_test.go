package keeper

import (
	"strings"
	"testing"
)

// What works on the host is not lacking, and what does not is told with why.
func TestTryTellsWhatIsLacking(t *testing.T) {
	w := up()
	w.failing = "try packets"
	c, _ := kept(t, w)
	lacks, err := c.Try(t.Context(), "packets", "limits", "packets")
	if err != nil {
		t.Fatal(err)
	}
	if len(lacks) != 1 || !strings.Contains(lacks["packets"], "failed as planned") {
		t.Errorf("lacks = %v", lacks)
	}
	if did := strings.Join(w.deeds(), ","); strings.Count(did, "try packets") != 1 || !strings.Contains(did, "try limits") {
		t.Errorf("tried: %s", did)
	}
}

// A mechanism that needs nothing of the host cannot be lacking.
func TestWhatNeedsNothingIsNotTried(t *testing.T) {
	if err := (Host{}).Try(t.Context(), "names"); err != nil {
		t.Error(err)
	}
}
