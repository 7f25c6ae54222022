package chronicle_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"maildrill/reports/chronicle"
)

// dotsOf is how much there is to draw.
func dotsOf(points []chronicle.Point) (n int) {
	for _, p := range points {
		here := 0
		if p.Answer != nil {
			here++
		}
		if p.Arrival != nil {
			here++
		}
		n += max(1, here)
	}
	return n
}

func thinned(t *testing.T, messages int, fate func(uint32, uint16) string) chronicle.Chronicle {
	t.Helper()
	d := &drill{messages: messages, each: 25 * time.Second / time.Duration(messages), fate: fate, standing: true}
	c := d.read(t, d.judged(t))
	if len(c.Doubts) > 0 {
		t.Fatalf("%q", c.Doubts)
	}
	if n := dotsOf(c.Copies.Points); n > chronicle.PointsMost {
		t.Errorf("%d dots, at most %d are allowed", n, chronicle.PointsMost)
	}
	return c
}

func drawnFates(c chronicle.Chronicle) map[chronicle.Fate]int {
	n := map[chronicle.Fate]int{}
	for _, p := range c.Copies.Points {
		n[p.Fate]++
	}
	return n
}

func TestFiveThousandCopiesAreAllDrawn(t *testing.T) {
	c := thinned(t, 5000, nil)
	if c.Thinned != "" || len(c.Copies.Points) != 5000 {
		t.Errorf("%d points, %q", len(c.Copies.Points), c.Thinned)
	}
}

var strideOf = regexp.MustCompile(`1 of every (\d+) `)

// Plainly delivered copies make room for all others, and the sentence is true.
func TestOnlyPlainCopiesAreThinned(t *testing.T) {
	bad := map[uint32]string{}
	for i, what := range []string{"lost", "damaged", "twice", "misfiled", "for now", "in doubt", "not attempted", "unsent", "bounced", "junk"} {
		for n := range uint32(20) {
			bad[uint32(i)+13*n+7] = what
		}
	}
	c := thinned(t, 16_000, func(seq uint32, _ uint16) string {
		if what, ok := bad[seq]; ok {
			return what
		}
		return "delivered"
	})
	got := drawnFates(c)
	plain := 0
	for _, p := range c.Copies.Points {
		if p.Fate == chronicle.Delivered && len(p.Marks) == 0 {
			plain++
		}
	}
	misfiled := got[chronicle.Delivered] - plain
	for fate, n := range c.Copies.Fates {
		if fate != chronicle.Delivered && got[fate] != n {
			t.Errorf("%d of %d %s copies are drawn", got[fate], n, fate)
		}
	}
	m := strideOf.FindStringSubmatch(c.Thinned)
	if m == nil || !strings.HasSuffix(c.Thinned, "all others are drawn") || misfiled == 0 {
		t.Fatalf("%q, %d misfiled", c.Thinned, misfiled)
	}
	stride, _ := strconv.Atoi(m[1])
	all := c.Copies.Fates[chronicle.Delivered] - misfiled
	if least, most := all/stride-1, all/stride+1+2*len(c.Accept); plain < least || plain > most {
		t.Errorf("%d of %d plainly delivered copies are drawn, and the chronicle says: %s", plain, all, c.Thinned)
	}
	slowest(t, c)
}

// slowest: of each stretch the slowest copy is drawn.
func slowest(t *testing.T, c chronicle.Chronicle) {
	t.Helper()
	for _, q := range c.Accept {
		if !slices.ContainsFunc(c.Copies.Points, func(p chronicle.Point) bool {
			return p.Answer != nil && p.Due >= q.From && p.Due < q.To && *p.Answer == q.Max
		}) {
			t.Errorf("the slowest copy from %g to %g s is not drawn", q.From, q.To)
		}
	}
}

// Where the others have no room either, few of a kind stay whole.
func TestRareFatesStayWhole(t *testing.T) {
	c := thinned(t, 30_000, func(seq uint32, _ uint16) string {
		switch {
		case seq%5000 == 0:
			return "lost"
		case seq%3 == 0:
			return "for now"
		case seq%3 == 1:
			return "damaged"
		}
		return "delivered"
	})
	got := drawnFates(c)
	if got[chronicle.Lost] != c.Copies.Fates[chronicle.Lost] || got[chronicle.Lost] == 0 {
		t.Errorf("%d of %d lost copies are drawn", got[chronicle.Lost], c.Copies.Fates[chronicle.Lost])
	}
	for _, fate := range []chronicle.Fate{chronicle.Delivered, chronicle.RefusedForNow, chronicle.Damaged} {
		if got[fate] == 0 || got[fate] == c.Copies.Fates[fate] {
			t.Errorf("%d of %d %s copies are drawn", got[fate], c.Copies.Fates[fate], fate)
		}
	}
	for _, name := range []string{"plainly delivered copies", "rejected temporary copies", "damaged copies"} {
		if !strings.Contains(c.Thinned, name) {
			t.Errorf("%q says nothing of %s", c.Thinned, name)
		}
	}
	if strings.Contains(c.Thinned, "lost") {
		t.Errorf("%q", c.Thinned)
	}
}

// A workload has a rhythm, such as every second copy to another host. The copies
// that are drawn, one of every two here, have none.
func TestThinningHasNoRhythm(t *testing.T) {
	c := thinned(t, 15_000, nil)
	if !strings.HasPrefix(c.Thinned, "1 of every 2 ") {
		t.Fatalf("%q", c.Thinned)
	}
	seen := map[uint32]int{}
	for _, p := range c.Copies.Points {
		seen[p.Seq%10]++
	}
	for last, n := range seen {
		if share := float64(n) / float64(len(c.Copies.Points)); share < 0.05 || share > 0.15 {
			t.Errorf("%.0f %% of the points end in %d", 100*share, last)
		}
	}
	if len(seen) != 10 {
		t.Errorf("%v", seen)
	}
}

// The record names the first thousand stretches of a class only. The ledger
// tells the rest.
func TestRecordThatNamesTheFirstOnly(t *testing.T) {
	c := thinned(t, 3000, func(seq uint32, _ uint16) string { return []string{"lost", "delivered"}[seq%2] })
	if got, want := drawnFates(c), map[chronicle.Fate]int{chronicle.Lost: 1500, chronicle.Delivered: 1500}; !maps.Equal(got, want) {
		t.Errorf("%v", got)
	}
	if p := c.Problems; p.Total != 1500 || len(p.Copies) != chronicle.ProblemsMost {
		t.Errorf("%d of %d problem copies", len(p.Copies), p.Total)
	}
}

// Of many problems some of each class are told of.
func TestProblemsOfEveryClass(t *testing.T) {
	c := thinned(t, 3000, func(seq uint32, _ uint16) string {
		switch {
		case seq%2 == 0:
			return "lost"
		case seq > 2990:
			return "in doubt"
		}
		return "delivered"
	})
	told := map[string]int{}
	for _, p := range c.Problems.Copies {
		told[p.Class]++
	}
	if told["indeterminate"] != 5 || told["lost"] != chronicle.ProblemsMost-5 || c.Problems.Total != 1505 {
		t.Errorf("%v of %d", told, c.Problems.Total)
	}
}

func TestSameRunSameChronicle(t *testing.T) {
	once := func() string {
		c := thinned(t, 12_000, func(seq uint32, _ uint16) string { return whats[seq%uint32(len(whats))] })
		return fmt.Sprintf("%+v", inJSON(t, c))
	}
	if first, second := once(), once(); first != second {
		t.Error("the same run gave two chronicles")
	}
}
