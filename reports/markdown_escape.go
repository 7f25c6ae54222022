package reports

import (
	"strings"

	"maildrill/reports/words"
)

// marks of Markdown, of its tables and of the HTML inside it. An address is no
// link where its colon or dot is escaped.
var markdownMarks = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "|", `\|`, "~", `\~`, "$", `\$`, "#", `\#`,
	"&", "&amp;", "<", "&lt;", ">", "&gt;", "://", `:\/\/`, "www.", `www\.`, "WWW.", `WWW\.`, "@", "&#64;",
)

// Columns that a text may take in a summary, and in a code span.
const (
	longestText = 400
	longestCode = 200
)

// escape makes text inert inside a line or a cell. Our own words have none of
// the marks and pass through it unchanged.
func escape(s string) string { return markdownMarks.Replace(words.Cut(words.Plain(s), longestText)) }

var codeMarks = strings.NewReplacer("`", "'", "|", "¦")

// code shows text letter by letter. Inside, only the backquote and, in tables,
// the upright bar have a meaning; both are replaced by look-alikes.
func code(s string) string {
	s = codeMarks.Replace(words.Cut(words.Plain(s), longestCode))
	if s == "" {
		return "–"
	}
	return "`" + s + "`"
}

func strong(s string, on bool) string {
	if on {
		return "**" + escape(s) + "**"
	}
	return escape(s)
}
