package reports

import (
	"strings"
	"testing"

	"maildrill/reports/dossier"
)

func TestMarkdownDocument(t *testing.T) {
	d := dossier.Document{Title: "A *title*", Verdict: dossier.Verdict{Word: "FAILED", Why: "1 of 2"}, Sections: []dossier.Section{{Title: "Rows", Blocks: []dossier.Block{
		dossier.Paragraph{Text: "a | b"}, dossier.List{Items: []string{"<b>", "two"}, Ordered: true},
		dossier.Table{Head: []dossier.Column{{Title: "id"}, {Title: "n", Right: true}}, Rows: [][]dossier.Cell{{{Text: "x|y", Mono: true}, {Text: "NO", Tone: dossier.Bad}}}},
		dossier.Table{Empty: "nothing"},
	}}}}
	var out strings.Builder
	if err := MarkdownDocument(&out, d); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`# A \*title\*`, "**FAILED.** 1 of 2", `a \| b`, "1. &lt;b&gt;", "| id | n |\n|---|---:|\n| `x¦y` | **NO** |", "nothing"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}
