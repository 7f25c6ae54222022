package controls

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"maildrill/harness/record"
)

// claim is what only an auditor may say of a system.
var claim = regexp.MustCompile(`(?i)complian|\bcompl(y|ies)\b`)

// Nothing that maildrill prints calls a system compliant: no text of the
// program, no data file that is part of it.
func TestNothingClaimsCompliance(t *testing.T) {
	looked := map[string]int{}
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		switch ext := filepath.Ext(path); {
		case ext == ".go" && !strings.HasSuffix(path, "_test.go"):
			looked[ext]++
			return unclaimed(t, path)
		case ext == ".yaml" && !strings.Contains(path, "testdata"):
			looked[ext]++
			src, err := os.ReadFile(path)
			if w := claim.FindString(string(src)); w != "" {
				t.Errorf("%s says %q", path, w)
			}
			return err
		}
		return nil
	})
	if err != nil || looked[".go"] < 100 || looked[".yaml"] < 20 {
		t.Fatalf("looked at %v: %v", looked, err)
	}
}

// unclaimed looks at the texts of one file of the program.
func unclaimed(t *testing.T, path string) error {
	tree, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		if text, ok := n.(*ast.BasicLit); ok && text.Kind == token.STRING {
			if w := claim.FindString(text.Value); w != "" {
				t.Errorf("%s says %q", path, w)
			}
		}
		return true
	})
	return nil
}

// The test finds what it looks for.
func TestTheClaimIsFound(t *testing.T) {
	for text, want := range map[string]bool{"This system is COMPLIANT.": true, "compliance report": true, "complies": true, "complete": false, "compile": false} {
		if got := claim.MatchString(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// What is worked out from a record does not claim it either.
func TestRowsClaimNothing(t *testing.T) {
	for _, r := range []record.Record{audited(), {}, spoiled(func(r *record.Record) { r.Verdict = record.Failed })} {
		gaps, refused := Gaps([]Run{{Record: r}}, nil)
		out, err := json.Marshal([]any{Map(r, nil), gaps, refused, Fidelity(r)})
		if err != nil || claim.Match(out) {
			t.Errorf("%v: %s", err, claim.Find(out))
		}
	}
}
