package dossier

import (
	"time"

	"maildrill/reports/figure"
)

// Document is one report.
type Document struct {
	Title    string // "Mail keeps arriving when the primary MX dies"
	Kind     string // what kind of document: "Drill report"
	Verdict  Verdict
	Chips    []Fact   // a few short facts that stay in sight: scenario, date, length, clock, runtime
	Notices  []string // what nobody may overlook: SIMULATED, DIRTY
	Sections []Section
	Footer   string    // identifies the document on every page: run id, digest
	Date     time.Time // of the run, in UTC; a document has no other clock
	Attached []Attachment
}

// Verdict is the answer of a document. Word is empty where there is none.
type Verdict struct {
	Word string // "PASSED"
	Tone Tone
	Why  string // one sentence
}

// Tone is what something means for the reader. Its meaning is always in words
// too.
type Tone uint8

// Tones.
const (
	Neutral Tone = iota
	Good
	Bad
	Open // inconclusive, unknown, incomplete
)

// Section is one part of a document.
type Section struct {
	ID     string // anchor: letters, digits and hyphens
	Title  string
	Folded bool // is of interest to few: closed on a screen, open on paper
	Blocks []Block
}

// Block is one of [Paragraph], [List], [Table], [Picture], [Cards], [Facts] and
// [Code].
type Block interface{ block() }

// Paragraph is running text.
type Paragraph struct {
	Text string
	Tone Tone
}

// List is a list of sentences.
type List struct {
	Items   []string
	Ordered bool
}

// Table has a head and rows of as many cells.
type Table struct {
	ID      string // anchor; may be empty
	Caption string
	Head    []Column
	Rows    [][]Cell
	Search  bool   // long enough that readers want to filter it
	Empty   string // what is said in place of a table without rows
}

// Column is the head of a column. Share is how much of the width it may take
// beside others, 0 is 1.
type Column struct {
	Title string
	Right bool // numbers
	Share float64
}

// Cell is one cell of a table.
type Cell struct {
	Text string
	Tone Tone
	Mono bool
	Link string // an anchor of the same document: "e-0412"; may be empty
	Page string // a file beside the document, as a relative path; may be empty
	ID   string // an anchor of this row; may be empty
}

// Picture is a figure with the table that says the same in numbers.
type Picture struct {
	figure.Figure
	Wide    bool // as wide as the page
	Caption string
	Twin    *Table // nil: another table of the document says it, named in the caption
}

// Cards are shown beside each other, the worst first.
type Cards struct{ Cards []Card }

// Card is one objective: what was asked, what was measured, how it ended.
type Card struct {
	Title   string // "rto.mx"
	Verdict Verdict
	Value   string // measured: "2.1 to 2.4 s"
	Target  string // "at most 10 s"
	Lines   []string
	Bar     *figure.Figure // nil: nothing to draw
	Link    string         // an anchor of the same document
}

// Facts are names with values.
type Facts struct{ Facts []Fact }

// Fact is a name with its value.
type Fact struct {
	Name  string
	Value string
	Mono  bool
	Tone  Tone
}

// Code is text to be copied, letter by letter; it may have several lines.
type Code struct{ Text string }

// Attachment is a file inside of the document.
type Attachment struct {
	Name string
	Data []byte
}

func (Paragraph) block() {}
func (List) block()      {}
func (Table) block()     {}
func (Picture) block()   {}
func (Cards) block()     {}
func (Facts) block()     {}
func (Code) block()      {}
