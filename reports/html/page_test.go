package html

import (
	"strings"
	"testing"
)

// TestPagesStayNear: a link leads to a file near the document, and nowhere else.
func TestPagesStayNear(t *testing.T) {
	for _, good := range []string{"report.html", "runs/20261130-x-070a/report.html", "../../r1/report.html"} {
		if page(good) != good {
			t.Errorf("%q is no link", good)
		}
	}
	for _, bad := range []string{"", "/etc/passwd", "//example.org", "https://example.org/", "javascript:alert(1)", "a/../../b", "..", "a//b", "a b", "a?x", "a#x", `a"b`, ".hidden",
		"a\nb", "data:text/html,x", strings.Repeat("a/", 200) + "b"} {
		if page(bad) != "" {
			t.Errorf("%q is a link", bad)
		}
	}
}
