package hostile

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Strings are texts that mean something to somebody: to terminals, XML, HTML,
// Markdown, job logs, metrics, spreadsheets, paths, templates. The last is empty.
var Strings = []string{
	// Terminals.
	"\x1b[2J\x1b[31mred", "\x1b]0;title\x07", "\x1b]8;;http://evil.test/\x1b\\link", "\u009b31m", "\x9b31m", "bell\a back\b null\x00 del\x7f",
	// Lines and their ends.
	"line\nbreak\r\nand\ttab", "over\rwritten", "\u2028\u2029\u0085", "\v\f",
	// Unicode: broken, turned around, unseen.
	"\xff\xfe broken \xc3\x28", "\xed\xa0\x80 surrogate", "\u202eright to left\u202c", "\u2066isolate\u2069", "zero\u200bwidth\ufeff\u00ad", "\ufffe\uffff", "\U000e0041 tag",
	"漢字かな交じり文", "עברית ועוד", "💥👩‍👩‍👧", "z̷̢̛a̸l̵g̶o", "\u3000",
	// XML and HTML.
	"]]>", "<![CDATA[", "<script>alert(1)</script>", `"><script>alert(1)</script>`, "</script><script>alert(1)</script>", "</testcase></testsuite>", "</svg><svg onload=alert(1)>",
	"</style><style>*{display:none}", "<img src=x onerror=alert(1)>", `" onmouseover="alert(1)`, `' onload='alert(1)`, "<!-- comment", "--><b>", "<br>", "<details open>", "<iframe src=//evil.test>",
	"&amp;&#0;&unknown;", "&lt;b&gt;", "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>", "<?xml version='1.0'?>", `"quotes' and "`, "javascript:alert(1)", "data:text/html,<script>alert(1)</script>",
	"url(http://evil.test/x)", "@import 'http://evil.test/x.css';",
	// Markdown.
	"a | b | c", "`code` ``more``", "```", "**bold** _it_ ~~no~~", "[link](javascript:alert(1))", "![img](http://evil.test/x.png)", "[ref]: http://evil.test",
	"http://evil.test/ www.evil.test", "# heading", "\n# heading\n\n| a | b |\n", "\n> quote\n- list\n```\nfence", "$math$ @team #123 GH-1", `\`, `\|`, ":smile:", "=====", "1. one",
	// Job logs, metrics, JSON, scripts, spreadsheets, PDF, paths.
	"::error::planted", "\n::set-output name=x::y", "\n::stop-commands::x", "##[error]planted", "100%0A::error::planted", "a:b,c=d", "section_start:0:x\r\x1b[0K",
	"\n# EOF\n", `x"} 1`, "x\\\"} 1\nplanted 1", "# TYPE planted gauge", `{"a":1}`, "${HOME} $(id) `id`", "'; id; '", "%s %d %!v(MISSING)", "{{.}} ${{ github.token }}",
	"=1+1", "@SUM(1)", "(PDF) Tj ET endstream endobj", "../../etc/passwd", "a/b\\c:d*e?", "-rf",
	// Length and emptiness.
	strings.Repeat("x", 900), strings.Repeat("long words ", 90), " ", "",
}

// HugeSize is the length of [Huge], in bytes.
const HugeSize = 10 << 20

// Huge is a text of 10 MB, such as a subject may be.
func Huge() string {
	const piece = "<b>huge & \u202e\x1b[1m|subject|\n"
	return strings.Repeat(piece, HugeSize/len(piece)+1)[:HugeSize]
}

// Printable tells what a text has that it should not: broken UTF-8, control
// characters other than line feeds, marks that are not seen or turn the
// direction of writing.
func Printable(s string) error {
	if !utf8.ValidString(s) {
		return errors.New("broken UTF-8")
	}
	for i, r := range s {
		if r != '\n' && !unicode.IsPrint(r) {
			return fmt.Errorf("unprintable %U at byte %d", r, i)
		}
	}
	return nil
}
