package html

import (
	"fmt"
	"math"
	"strings"

	"maildrill/reports/dossier"
)

// kind names the template of a block.
func kind(b dossier.Block) (string, error) {
	switch b.(type) {
	case dossier.Paragraph:
		return "paragraph", nil
	case dossier.List:
		return "list", nil
	case dossier.Table:
		return "table", nil
	case dossier.Picture:
		return "picture", nil
	case dossier.Cards:
		return "cards", nil
	case dossier.Facts:
		return "facts", nil
	case dossier.Code:
		return "code", nil
	}
	return "", fmt.Errorf("a block of kind %T", b)
}

// longTable is the number of rows from which a table has a box of its own height.
const longTable = 40

// broadFigure is the width in points from which a figure is shown as wide as the
// page. A smaller one would become coarse.
const broadFigure = 700

func wide(p dossier.Picture) bool { return p.Wide && p.Width >= broadFigure }

// extent tells apart tables by their length and by their number of columns.
func extent(t dossier.Table) string {
	var class []string
	if len(t.Rows) > longTable {
		class = append(class, "long")
	}
	if n := len(t.Head); n > 4 {
		class = append(class, "broad")
	} else if n < 4 {
		class = append(class, "slim")
	}
	return strings.Join(class, " ")
}

// rights are the classes that put columns of numbers to the right: one on the
// table costs less than one on each cell.
func rights(columns []dossier.Column) string {
	var class []string
	for i, c := range columns {
		if c.Right {
			class = append(class, fmt.Sprintf("r%d", i+1))
		}
	}
	return strings.Join(class, " ")
}

// shares are the widths of the columns in percent; nil if no column asks for
// one.
func shares(columns []dossier.Column) []int {
	sum, asked := 0.0, false
	for _, c := range columns {
		sum, asked = sum+weight(c), asked || c.Share > 0
	}
	if !asked {
		return nil
	}
	var out []int
	for _, c := range columns {
		out = append(out, int(math.Round(100*weight(c)/sum)))
	}
	return out
}

func weight(c dossier.Column) float64 {
	if c.Share > 0 && !math.IsInf(c.Share, 1) {
		return c.Share
	}
	return 1
}

// pad is how many cells a row lacks.
func pad(row []dossier.Cell, columns []dossier.Column) []struct{} {
	return make([]struct{}, max(0, len(columns)-len(row)))
}
