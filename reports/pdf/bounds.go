package pdf

// How long a text may be, in characters, before it is cut. A row with the
// longest cells still fits a page.
const (
	proseBound   = 2000 // paragraphs, list items
	cellBound    = 300  // cells, facts
	titleBound   = 300  // titles, captions, notices
	shortBound   = 120  // chips, words of a verdict, names of bookmarks
	labelBound   = 200  // words in figures, lines of cards
	codeBound    = 12000
	commentBound = 600 // the sentence of a verdict
)

// How many of a kind are drawn; it is said below what was left out.
const (
	rowBound  = 2000
	itemBound = 1000
	cardBound = 200
	factBound = 400
	lineBound = 10 // of one card
)
