package html

import (
	"bytes"
	"flag"
	"fmt"
	"html"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"maildrill/reports/dossier"
	"maildrill/reports/figure"
)

var keep = flag.String("keep", "", "write the samples into this folder, for a person to look at")

func render(t testing.TB, d dossier.Document) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Write(&out, d); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestSamples(t *testing.T) {
	for _, s := range samples {
		page := render(t, s.make())
		if again := render(t, s.make()); !bytes.Equal(page, again) {
			t.Errorf("%s: the same document gave other bytes", s.name)
		}
		if *keep != "" {
			if err := os.WriteFile(filepath.Join(*keep, s.name+".html"), page, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// The policy names the digests of what is in the page, byte for byte.
func TestPolicyAllowsWhatIsInThePage(t *testing.T) {
	page := string(render(t, sample("DIRTY", dossier.Bad, dirty)))
	policy := html.UnescapeString(regexp.MustCompile(`Security-Policy" content="([^"]*)"`).FindStringSubmatch(page)[1])
	inside := regexp.MustCompile(`(?s)<(style|script)>(.*?)</(?:style|script)>`).FindAllStringSubmatch(page, -1)
	if len(inside) != 3 {
		t.Fatalf("%d styles and scripts, want 3", len(inside))
	}
	for _, part := range inside {
		if !strings.Contains(policy, digest(part[2])) {
			t.Errorf("the policy does not allow this %s: %.80s", part[1], part[2])
		}
	}
	for _, loose := range []string{"unsafe", "*", "http", "'self'"} {
		if strings.Contains(policy, loose) {
			t.Errorf("the policy has %q in it: %s", loose, policy)
		}
	}
}

var ids = regexp.MustCompile(` id="([^"]*)"`)

func TestIDsAreUnique(t *testing.T) {
	for _, s := range samples {
		seen := map[string]bool{}
		for _, id := range ids.FindAllStringSubmatch(string(render(t, s.make())), -1) {
			if id[1] == "" || seen[id[1]] {
				t.Errorf("%s: the id %q is there again", s.name, id[1])
			}
			seen[id[1]] = true
		}
	}
}

// stranger is a block of a kind that nobody knows.
type stranger struct{ dossier.Block }

func TestUnknownBlocksAreAnError(t *testing.T) {
	for _, b := range []dossier.Block{stranger{}, nil} {
		d := dossier.Document{Title: "A plan", Sections: []dossier.Section{{ID: "a", Title: "A", Blocks: []dossier.Block{b}}}}
		if err := Write(io.Discard, d); err == nil || !strings.Contains(err.Error(), "block") {
			t.Errorf("a block of kind %T: %v", b, err)
		}
	}
}

func TestTablesWithRowsTooShortAreFilledUp(t *testing.T) {
	d := dossier.Document{Sections: []dossier.Section{{Blocks: []dossier.Block{dossier.Table{Head: make([]dossier.Column, 3), Rows: [][]dossier.Cell{{{Text: "a"}}}}}}}}
	if n := strings.Count(string(render(t, d)), "<td"); n != 3 {
		t.Errorf("%d cells, want 3", n)
	}
}

// big is a document of a long drill: as many points and rows as there are at
// most.
func big(points, rows int) dossier.Document {
	d := sample("FAILED", dossier.Bad)
	p := d.Sections[2].Blocks[0].(dossier.Picture)
	inner := p.Draw
	p.Draw = func(c figure.Canvas) {
		inner(c)
		dots := make([]figure.Point, points)
		for i := range dots {
			dots[i] = figure.Point{X: 70 + 640*float64(i)/float64(points), Y: 200 - float64(i*7919%1500)/10}
		}
		c.Group(figure.Group{Scroll: true, Clip: &figure.Box{X: 70, Y: 10, W: 640, H: 200}}, func() { c.Marks(figure.Dot, dots, 2, figure.Style{Fill: figure.Accent}) })
	}
	d.Sections[2].Blocks[0] = p
	t := d.Sections[4].Blocks[0].(dossier.Table)
	for len(t.Rows) < rows {
		row := slices.Clone(t.Rows[len(t.Rows)%60])
		row[0].Text, row[0].ID = fmt.Sprintf("c-%06d", len(t.Rows)), fmt.Sprintf("c-%06d", len(t.Rows))
		t.Rows = append(t.Rows, row)
	}
	d.Sections[4].Blocks[0] = t
	return d
}

func TestBigDocumentsStaySmall(t *testing.T) {
	for _, c := range []struct{ points, rows, most int }{{10_000, 500, 1_000_000}, {40_000, 5000, 5_000_000}} {
		if n := len(render(t, big(c.points, c.rows))); n > c.most {
			t.Errorf("%d points and %d rows are %d bytes, want at most %d", c.points, c.rows, n, c.most)
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	d := big(40_000, 5000)
	b.ReportAllocs()
	for b.Loop() {
		b.ReportMetric(float64(len(render(b, d))), "bytes/page")
	}
}
